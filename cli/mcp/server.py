"""Builds the MCP server and serves it within an HTTP server.

Importing the SDK takes half a second, most of it for the models of its protocol, so only the
engine does; `archmem mcp` hands it the messages of its client (`cli.client.bridge`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mcp import MCPError
from mcp.server.mcpserver import MCPServer
from mcp.server.transport_security import TransportSecuritySettings
from mcp.shared.inbound import (
    MCP_METHOD_HEADER,
    MCP_NAME_HEADER,
    MCP_PROTOCOL_VERSION_HEADER,
    NAME_BEARING_METHODS,
    encode_header_value,
)
from mcp_types import (
    INVALID_PARAMS,
    PROTOCOL_VERSION_META_KEY,
)

from cli.mcp.prompts import INSTRUCTIONS, all_prompts, prompt_refusal
from cli.mcp.resources import add_resources
from cli.mcp.tool import in_form
from cli.verbs import all_tools
from memory.version import VERSION

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from contextlib import AbstractAsyncContextManager

    from mcp.server.mcpserver import Context
    from mcp_types import GetPromptResult, InputRequiredResult
    from starlette.types import Receive, Scope, Send

    from cli.calling import Caller
    from cli.mcp.tool import Results

_HERE = ("127.0.0.1", "localhost", "[::1]")  # with any port, or none


def build_server(caller: Caller, results: Results = "text") -> MemoryServer:
    """A server for the memory that the caller asks; nothing is asked before a client wants it.

    Args:
        caller: Asks the memory.
        results: What tools answer with: text is for models, structure for programs.
    """
    server = MemoryServer(
        "archmem",
        title="archmem",
        description="The architectural memory of a codebase.",
        instructions=INSTRUCTIONS,
        version=VERSION,
        tools=[in_form(tool, results) for tool in all_tools(caller)],
        subscriptions=False,  # nobody is told when a memory changes
        log_level="WARNING",
    )
    add_resources(server, caller)
    for prompt in all_prompts():
        server.add_prompt(prompt)
    return server


class MemoryServer(MCPServer):
    """A server that answers all it was asked, and takes a client's mistake for no fault of ours."""

    async def get_prompt(
        self, name: str, arguments: dict[str, Any] | None = None, context: Context | None = None
    ) -> GetPromptResult | InputRequiredResult:
        """A prompt with its arguments in place.

        Raises:
            MCPError: there is no such prompt, or it does not take these arguments.
        """
        line = prompt_refusal(await self.list_prompts(), name, (arguments or {}).keys())
        if line is not None:
            raise MCPError(INVALID_PARAMS, line)
        return await super().get_prompt(name, arguments, context)


class HttpEndpoint:
    """The server as an ASGI application for one path, without sessions.

    It answers while somebody is within `running()`, which can be entered once. Requests whose
    Host or Origin is another than those it knows are refused: a web page must not reach a server
    on the machine of its reader. Who may ask at all is for whoever is in front of it to check.
    """

    def __init__(
        self, caller: Caller, results: Results = "text", *, hosts: Sequence[str] = ()
    ) -> None:
        """Make it.

        Args:
            caller: Asks the memory.
            results: What tools answer with.
            hosts: What `Host` may say beside this machine's own names: "archmem", "example.org:*".
        """
        named = [*_HERE, *(f"{host}:*" for host in _HERE)]
        server = build_server(caller, results)
        server.streamable_http_app(
            stateless_http=True,
            json_response=True,
            transport_security=TransportSecuritySettings(
                enable_dns_rebinding_protection=True,
                allowed_hosts=[*named, *hosts],
                allowed_origins=[f"http://{host}" for host in named],
            ),
        )
        self._manager = server.session_manager

    def running(self) -> AbstractAsyncContextManager[None]:
        """Keep it ready to answer."""
        return self._manager.run()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one HTTP request."""
        await self._manager.handle_request(scope, receive, send)


def message_headers(message: Mapping[str, Any], agreed: str | None) -> dict[str, str]:
    """What HTTP wants said in headers of a message: its version, method and what it is about.

    Args:
        message: As a client sent it.
        agreed: The version that was agreed upon by `initialize`; a message of the era without
            that names its own.
    """
    method, params = message.get("method"), message.get("params")
    params = params if isinstance(params, dict) else {}
    meta = params.get("_meta")
    version = meta.get(PROTOCOL_VERSION_META_KEY) if isinstance(meta, dict) else None
    said = {
        MCP_PROTOCOL_VERSION_HEADER: version or agreed,
        MCP_METHOD_HEADER: method,
        MCP_NAME_HEADER: params.get(NAME_BEARING_METHODS.get(str(method), "")),
    }
    headers = {"accept": "application/json, text/event-stream", "content-type": "application/json"}
    encoded = {name: encode_header_value(it) for name, it in said.items() if isinstance(it, str)}
    return headers | encoded
