"""NestJS: what is given for a token, and who hears what is said; nothing where several fit."""

from __future__ import annotations

import pytest

COMMON = "import { Injectable, Inject, Module, Global, forwardRef } from '@nestjs/common';\n"
STORES = "export const STORE = 'store';\nexport abstract class Store {}\n"
DISK = "import { Store } from './store';\nexport class Disk extends Store {}\n"
CLOUD = "import { Store } from './store';\nexport class Cloud extends Store {}\n"
NAMES = "import { Store, STORE } from './store';\nimport { Disk } from './disk';\n"
NAMES += "import { Cloud } from './cloud';\nimport { Orders } from './orders';\n"


def wired(code) -> set[tuple[str, str]]:
    return {
        (one.source.symbol, one.target.symbol) for one in code.edges if one.grade == "framework"
    }


def undecided(code) -> list[str]:
    return [one.reason for one in code.unresolved if one.what == "wiring"]


def nest(need: str, **modules: str) -> dict[str, str]:
    orders = f"{COMMON}import {{ Store, STORE }} from './store';\n@Injectable()\n"
    orders += f"export class Orders {{\n  {need}\n}}\n"
    files = {"store": STORES, "disk": DISK, "cloud": CLOUD, "orders": orders}
    files |= {f"{name}.module": COMMON + NAMES + text for name, text in modules.items()}
    return {f"src/{name}.ts": text for name, text in files.items()}


@pytest.mark.parametrize(
    ("need", "provider"),
    [
        ("constructor(private readonly store: Store) {}", "{ provide: Store, useClass: Disk }"),
        ("constructor(@Inject(STORE) private s: Store) {}", "{ provide: STORE, useClass: Disk }"),
        ("constructor(@Inject('s') s: any) {}", "{ useExisting: Disk, provide: 's' }"),
        ("@Inject('s') private s: Store;", "{ provide: 's', useClass: Disk }"),
        (
            "constructor(@Inject(forwardRef(() => Store)) s: Store) {}",
            "{ provide: Store, useClass: Disk }",
        ),
    ],
)
def test_what_is_asked_by_a_token_is_given_what_a_module_provides(read, need, provider):
    shop = f"@Module({{ providers: [Orders, {provider}] }})\nexport class Shop {{}}\n"

    assert wired(read(nest(need, shop=shop))) == {("Orders", "Disk")}


def test_what_a_factory_makes_is_where_the_factory_stands(read):
    shop = (
        "const all = [{ provide: 's', useFactory: (one) => [one], inject: [Disk] }];\n"
        "@Module({ providers: [Orders, ...all] })\nexport class Shop {}\n"
    )

    assert wired(read(nest("constructor(@Inject('s') s: any) {}", shop=shop))) == {
        ("Orders", "all")
    }


STORING = {
    "disks": "@Module({ providers: [{ provide: Store, useClass: Disk }], exports: [Store] })\n"
    "export class Disks {}\n",
    "clouds": "@Module({ providers: [{ provide: Store, useClass: Cloud }], exports: [Store] })\n"
    "export class Clouds {}\n",
}


@pytest.mark.parametrize(
    ("imports", "edges"),
    [
        ("Disks", {("Orders", "Disk")}),
        ("Clouds.forRoot({ a: 1 })", {("Orders", "Cloud")}),
        ("forwardRef(() => Both)", {("Orders", "Cloud")}),
        ("Disks, Clouds", set()),
        ("chosen", set()),
    ],
)
def test_of_several_providers_it_is_the_one_that_the_module_sees(read, imports, edges):
    both = "import { Clouds } from './clouds.module';\n"
    both += "@Module({ imports: [Clouds], exports: [Clouds] })\nexport class Both {}\n"
    shop = (
        "import { Disks } from './disks.module';\nimport { Clouds } from './clouds.module';\n"
        "import { Both } from './both.module';\nconst chosen = test() ? Disks : Clouds;\n"
        f"@Module({{ imports: [{imports}], providers: [Orders] }})\nexport class Shop {{}}\n"
    )
    need = "constructor(private readonly store: Store) {}"

    code = read(nest(need, shop=shop, both=both, **STORING))

    assert wired(code) == edges
    assert undecided(code) == ([] if edges else ["several providers fit"])


def test_a_token_that_nobody_provides_is_told(read):
    shop = "@Module({ providers: [Orders, { provide: 'b', useClass: Disk }] })\nclass Shop {}\n"
    code = read(nest("constructor(@Inject('a') s: any) {}", shop=shop))

    assert (wired(code), undecided(code)) == (set(), ["nothing that provides it is seen"])


EVENTS = (
    "export enum Events { PAID = 'order.paid' }\nexport const MAILS = 'mails';\n"
    "export class Paid {\n  static getName() { return 'paid'; }\n}\n"
)


@pytest.mark.parametrize(
    ("library", "heard", "said"),
    [
        ("event-emitter", "@OnEvent('order.paid')", "this.events.emit('order.paid', {});"),
        ("event-emitter", "@OnEvent('order.*')", "this.events.emitAsync('order.paid', {});"),
        ("event-emitter", "@OnEvent(Events.PAID)", "this.events.emit(Events.PAID);"),
        ("event-emitter", "@OnEvent(Paid.getName())", "this.events.emit(Paid.getName(), 1);"),
        (
            "microservices",
            "@MessagePattern({ cmd: 'sum' })",
            "this.client.send({ cmd: 'sum' }, 1);",
        ),
        ("microservices", "@EventPattern('paid')", "this.client.emit('paid', 1);"),
    ],
)
def test_who_says_something_leads_to_who_hears_it(read, library, heard, said):
    start = (
        f"import {{ X }} from '@nestjs/{library}';\nimport {{ Events, Paid }} from './events';\n"
    )
    code = read(
        {
            "src/events.ts": EVENTS,
            "src/listener.ts": f"{start}@Injectable()\nexport class Listener {{\n"
            f"  {heard}\n  hear(one) {{}}\n  @OnEvent('other')\n  other() {{}}\n}}\n",
            "src/orders.ts": f"{start}@Injectable()\nexport class Orders {{\n"
            f"  pay() {{ {said} }}\n}}\n",
        }
    )

    assert wired(code) == {("Orders.pay", "Listener.hear")}


@pytest.mark.parametrize(
    ("library", "heard", "said"),
    [
        ("bullmq", "@Processor(MAILS)", "constructor(@InjectQueue(MAILS) private q: Queue) {}"),
        ("bull", "@Processor({ name: 'x' })", "constructor(@InjectQueue('x') private q: Queue) {}"),
        ("cqrs", "@CommandHandler(Paid)", "pay() { this.bus.execute(new Paid(1)); }"),
        ("cqrs", "@EventsHandler(Paid)", "pay() { this.bus.publish(new Paid()); }"),
        ("cqrs", "@EventsHandler(Other, Paid)", "pay() { this.apply(new Paid()); }"),
    ],
)
def test_queues_and_commands_lead_to_their_class(read, library, heard, said):
    start = f"import {{ X }} from '@nestjs/{library}';\nimport {{ MAILS, Paid }} from './events';\n"
    code = read(
        {
            "src/events.ts": EVENTS,
            "src/handler.ts": f"{start}{heard}\nexport class Handler {{\n"
            "  async execute(one) {}\n}\n",
            "src/orders.ts": f"{start}@Injectable()\nexport class Orders {{\n  {said}\n}}\n",
        }
    )

    assert {target for _, target in wired(code)} == {"Handler.execute"}


def test_an_emitter_of_something_else_leads_nowhere(read):
    start = "import { OnEvent } from '@nestjs/event-emitter';\n"
    code = read(
        {
            "src/listener.ts": f"{start}export class Listener {{\n"
            "  @OnEvent('error')\n  hear() {}\n}\n",
            "src/other.ts": "export class Other {\n  go() { this.socket.emit('error'); }\n}\n",
        }
    )

    assert wired(code) == set()


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ("server: Server;", "this.server.emit('paid');"),
        ("constructor(private client: Socket) {}", "this.client.emit('paid');"),
        ("@WebSocketServer() events!: Namespace;", "this.events.emit('paid');"),
        ("", "this.gateway.server.emit('paid');"),
    ],
)
def test_a_socket_is_heard_by_nobody_in_a_file_that_hears_events(read, fields, said):
    start = "import { OnEvent } from '@nestjs/event-emitter';\n"
    code = read(
        {
            "src/gateway.ts": f"{start}export class Gateway {{\n  {fields}\n"
            f"  @OnEvent('paid')\n  hear() {{ {said} }}\n}}\n"
            "export class Mails {\n  @OnEvent('paid')\n  mail() {}\n}\n"
        }
    )

    assert wired(code) == set()
