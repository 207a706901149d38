"""The memory as an MCP server: tools, resources and prompts for models, over a `Caller`."""
