"""Made projects of Laravel, and of Spring with JPA, that have planted cases."""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchmarks.planted_cases import indexes, is_of_caches, note

if TYPE_CHECKING:
    from collections.abc import Sequence

    from benchmarks.planted_cases import Case


def laravel(  # noqa: C901, PLR0912, PLR0915 - a project as it is read
    cases: Sequence[Case],
) -> dict[str, str]:
    """Laravel: controllers over Eloquent, tables by migrations."""
    tables = ["Schema::create('users', function (Blueprint $table) {\n    $table->id();\n});"]
    tables += ["Schema::create('depots', function (Blueprint $table) {\n    $table->id();\n});"]
    routes = ["<?php", "use Illuminate\\Support\\Facades\\Route;"]
    files = {}
    later = []
    notes = {"index": "->index()", "unique": "->unique()", "": ""}
    for case in cases:
        noun, model = case.noun, case.model
        columns = ["$table->id();", f"$table->string('{case.first}'){notes[note(case)]};"]
        columns += [f"$table->string('{case.second}');", "$table->boolean('is_open');"]
        columns += ["$table->foreignId('user_id')->constrained();"] * (case.kind == "own")
        columns += ["$table->foreignId('depot_id')->constrained();"]
        if named := indexes(case):
            said = ", ".join(f"'{one}'" for one in named)
            line = f"$table->index([{said}]);"
            if case.kind == "apart":
                later += [f"Schema::table('{noun}s', function (Blueprint $table) {{ {line} }});"]
            else:
                columns += [line]
        body = "\n    ".join(columns)
        tables += [f"Schema::create('{noun}s', function (Blueprint $table) {{\n    {body}\n}});"]
        files[f"app/Models/{model}.php"] = (
            "<?php\nnamespace App\\Models;\nuse Illuminate\\Database\\Eloquent\\Model;\n"
            f"class {model} extends Model\n{{\n    protected $guarded = [];\n}}\n"
        )
        by = "->".join(f"where('{one}', $value)" for one in case.asked)
        by = f"where('{case.first}', 'like', '%' . $value . '%')" if case.kind == "part" else by
        asks = f"{model}::{by}->{('get', 'count', 'first')[case.form]}()"
        uses = [f"use App\\Models\\{model};", "use App\\Models\\User;"]
        uses += ["use Illuminate\\Http\\Request;", "use Illuminate\\Support\\Facades\\Cache;"]
        if case.kind == "by_hand":
            files["app/Console/Commands/Tidy.php"] = "\n".join(
                ["<?php", "namespace App\\Console\\Commands;", "use Illuminate\\Console\\Command;",
                 *uses, "class Tidy extends Command", "{", "    public function handle()", "    {",
                 "        $value = $this->argument('value');", f"        return {asks};", "    }",
                 "}", ""])  # fmt: skip
            continue
        given = "Request $request" if is_of_caches(case) else "$value"
        if is_of_caches(case):
            asks = f"{'User' if case.kind == 'users' else model}::all()"
            if case.kind == "own":
                asks = f"{model}::where('user_id', $request->user()->id)->get()"
            if case.kind == "kept":
                asks = f"Cache::remember('{noun}', 60, fn () => {asks})"
        elif case.deep:
            files[f"app/Services/{model}Finder.php"] = "\n".join(
                ["<?php", "namespace App\\Services;", *uses, f"class {model}Finder", "{",
                 "    public function find($value)", "    {", f"        return {asks};", "    }",
                 "}", ""])  # fmt: skip
            uses += [f"use App\\Services\\{model}Finder;"]
            asks = "$this->finder->find($value)"
        php = ["<?php", "namespace App\\Http\\Controllers;", *uses]
        php += [f"class {model}Controller extends Controller", "{"]
        if not is_of_caches(case) and case.deep:
            php += [f"    public function __construct(private {model}Finder $finder) {{}}"]
        php += [f"    public function show({given})", "    {"]
        if case.kind == "writes":
            php += [f"        {model}::create(['{case.first}' => 'seen']);"]
        php += [f"        return {asks};", "    }"]
        php += ["    public function store(Request $request)", "    {"]
        php += [f"        {model}::create(['{case.first}' => $request->name]);", "    }", "}", ""]
        if case.kind not in {"by_anybody", "by_signed_in", "by_right"}:
            at = php.index("    public function store(Request $request)")
            php[at : at + 4] = []
        files[f"app/Http/Controllers/{model}Controller.php"] = "\n".join(php)
        routes.insert(2, f"use App\\Http\\Controllers\\{model}Controller;")
        behind = {"own": "->middleware('auth')", "needs_right": f"->middleware('can:view,{noun}')"}
        end = "" if is_of_caches(case) else "/{value}"
        routes += [f"Route::get('/{noun}{end}', [{model}Controller::class, 'show'])"
                   f"{behind.get(case.kind, '')};"]  # fmt: skip
        writer = {"by_anybody": "", "by_signed_in": "->middleware('auth')",
                  "by_right": "->middleware('can:change-shop')"}  # fmt: skip
        if case.kind in writer:
            routes += [f"Route::post('/{noun}', [{model}Controller::class, 'store'])"
                       f"{writer[case.kind]};"]  # fmt: skip
    head = """<?php
use Illuminate\\Database\\Migrations\\Migration;
use Illuminate\\Database\\Schema\\Blueprint;
use Illuminate\\Support\\Facades\\Schema;
return new class extends Migration
{
    public function up(): void
    {
"""
    where = "database/migrations/2024_01_0"
    files["app/Models/User.php"] = (
        "<?php\nnamespace App\\Models;\nuse Illuminate\\Database\\Eloquent\\Model;\n"
        "class User extends Model\n{\n}\n"
    )
    files["app/Http/Controllers/Controller.php"] = (
        "<?php\nnamespace App\\Http\\Controllers;\nabstract class Controller\n{\n}\n"
    )
    return files | {
        "routes/web.php": "\n".join([*routes, ""]),
        f"{where}1_000000_create.php": head + "\n".join(tables) + "\n    }\n};\n",
        f"{where}2_000000_index.php": head + "\n".join(later) + "\n    }\n};\n",
        "composer.json": '{"require": {"laravel/framework": "^11"},'
        ' "autoload": {"psr-4": {"App\\\\": "app/"}}}\n',
    }


def spring(cases: Sequence[Case]) -> dict[str, str]:
    """Spring with JPA: controllers over repositories."""
    at = "src/main/java/org/shop"
    web = "import org.springframework.web.bind.annotation.*;"
    files = {
        f"{at}/SecurityConfig.java": "package org.shop;\n"
        "import org.springframework.context.annotation.*;\n"
        "import org.springframework.security.config.annotation.method.configuration.*;\n"
        "@Configuration\n@EnableMethodSecurity\npublic class SecurityConfig {\n}\n",
        f"{at}/Depot.java": "package org.shop;\nimport jakarta.persistence.*;\n@Entity\n"
        '@Table(name = "depots")\npublic class Depot {\n    @Id private Long id;\n}\n',
        f"{at}/User.java": "package org.shop;\nimport jakarta.persistence.*;\n@Entity\n"
        '@Table(name = "users")\npublic class User {\n    @Id private Long id;\n}\n',
        f"{at}/UserRepository.java": "package org.shop;\n"
        "import org.springframework.data.jpa.repository.JpaRepository;\n"
        "public interface UserRepository extends JpaRepository<User, Long> {\n}\n",
    }
    for case in cases:
        noun, model = case.noun, case.model
        named = indexes(case) or ((case.first,) if note(case) == "index" else ())
        index = f', indexes = @Index(columnList = "{", ".join(named)}")' if named else ""
        unique = "    @Column(unique = true)\n" if note(case) == "unique" else ""
        owner = '    @ManyToOne @JoinColumn(name = "owner_id") private User owner;\n'
        files[f"{at}/{model}.java"] = (
            "package org.shop;\nimport jakarta.persistence.*;\n@Entity\n"
            f'@Table(name = "{noun}s"{index})\npublic class {model} {{\n    @Id private Long id;\n'
            f"{unique}    private String {case.first};\n    private String {case.second};\n"
            f'    @Column(name = "is_open") private boolean isOpen;\n'
            f"{owner if case.kind == 'own' else ''}"
            '    @ManyToOne @JoinColumn(name = "depot_id") private Depot depot;\n}\n'
        )  # fmt: skip
        parts = {"depot_id": "DepotId", "is_open": "IsOpen"}
        by = "And".join(parts.get(one, one.title()) for one in case.asked)
        by += "Containing" * (case.kind == "part")
        takes = ", ".join(f"String value{n}" for n, _ in enumerate(case.asked))
        values = ", ".join("value" for _ in case.asked)
        verb, gives = (("find", f"List<{model}>"), ("count", "long"),
                       ("find", f"Optional<{model}>"))[case.form]  # fmt: skip
        finder = f"    {gives} {verb}By{by}({takes});\n"
        if is_of_caches(case):
            finder = f"    List<{model}> findByOwner(User owner);\n" * (case.kind == "own")
        files[f"{at}/{model}Repository.java"] = (
            "package org.shop;\nimport java.util.*;\n"
            "import org.springframework.data.jpa.repository.JpaRepository;\n"
            f"public interface {model}Repository extends JpaRepository<{model}, Long> {{\n"
            f"{finder}}}\n"
        )
        asks = f"repository.{verb}By{by}({values})"
        if case.kind == "by_hand":
            files[f"{at}/TidyCommand.java"] = (
                "package org.shop;\nimport org.springframework.boot.CommandLineRunner;\n"
                f"public class TidyCommand implements CommandLineRunner {{\n"
                f"    private final {model}Repository repository;\n"
                "    public void run(String... args) {\n        String value = args[0];\n"
                f"        System.out.println({asks});\n    }}\n}}\n"
            )
            continue
        above, given = "", "@PathVariable String value"
        kept = "User" if case.kind == "users" else model
        if is_of_caches(case):
            asks, given = "repository.findAll()", ""
            if case.kind == "own":
                asks, given = "repository.findByOwner(user)", "@AuthenticationPrincipal User user"
            above = {
                "kept": '    @Cacheable("all")\n',
                "own": '    @PreAuthorize("isAuthenticated()")\n',
                "needs_right": "    @PreAuthorize(\"hasRole('ADMIN')\")\n",
            }.get(case.kind, "")
        service = "repository"
        if case.deep and not is_of_caches(case):
            files[f"{at}/{model}Service.java"] = (
                "package org.shop;\nimport org.springframework.stereotype.Service;\n@Service\n"
                f"public class {model}Service {{\n    private final {model}Repository repository;\n"
                f"    public {model}Service({model}Repository repository) {{\n"
                "        this.repository = repository;\n    }\n"
                f"    public Object find(String value) {{\n        return {asks};\n    }}\n}}\n"
            )
            kept, service, asks = f"{model}Service", "service", "service.find(value)"
        type_ = kept if service == "service" else f"{kept}Repository"
        end = "" if is_of_caches(case) else "/{value}"
        body = f"        repository.save(new {model}());\n" * (case.kind == "writes")
        writer = {"by_anybody": "", "by_signed_in": '    @PreAuthorize("isAuthenticated()")\n',
                  "by_right": "    @PreAuthorize(\"hasRole('ADMIN')\")\n"}  # fmt: skip
        writes = ""
        if case.kind in writer:
            writes = (
                f"    @PostMapping\n{writer[case.kind]}    public void store() {{\n"
                f"        repository.save(new {model}());\n    }}\n"
            )
        files[f"{at}/{model}Controller.java"] = (
            f"package org.shop;\n{web}\n"
            "import org.springframework.cache.annotation.Cacheable;\n"
            "import org.springframework.security.access.prepost.PreAuthorize;\n"
            "import org.springframework.security.core.annotation.AuthenticationPrincipal;\n"
            f'@RestController\n@RequestMapping("/{noun}")\npublic class {model}Controller {{\n'
            f"    private final {type_} {service};\n"
            f"    public {model}Controller({type_} {service}) {{\n"
            f"        this.{service} = {service};\n    }}\n"
            f'    @GetMapping("{end}")\n{above}    public Object show({given}) {{\n{body}'
            f"        return {asks};\n    }}\n{writes}}}\n"
        )
    return files
