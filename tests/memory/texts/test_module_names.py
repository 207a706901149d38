from memory.texts.module_names import distinct_modules, modules_in, same_modules


def test_a_text_names_a_module_by_a_word_or_a_folder():
    known = ("api", "user", "user-service", "payment_core")

    assert modules_in("Split src/api/orders", known) == ("api",)
    assert modules_in("rewrite user-service", known) == ("user-service",)
    assert modules_in("Payment-core first", known) == ("payment_core",)
    assert modules_in("Change src/api/orders.py and User", known) == ("api", "user")
    assert modules_in("capital users", known) == ()


def test_modules_are_the_same_however_their_case_is_written():
    assert same_modules(("Payments",), {"payments", "api"})
    assert not same_modules(("pay",), ("payments",))
    assert distinct_modules(["api", "Payments", "payments"]) == ("api", "Payments")
