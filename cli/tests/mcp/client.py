"""The official Python SDK of the Model Context Protocol, for the tests: takes a plan on standard input, prints what came of it.

A step names a tool and its arguments; `save` keeps a value of its answer by a JSON pointer, and `{name}` in later arguments stands for it.
"""

import asyncio
import json
import sys

import httpx2
from mcp import Client, MCPError, StdioServerParameters, types
from mcp.client.streamable_http import streamable_http_client


def filled(value, saved):
    if isinstance(value, str):
        for name, text in saved.items():
            value = value.replace("{" + name + "}", text)
        return value
    if isinstance(value, list):
        return [filled(one, saved) for one in value]
    if isinstance(value, dict):
        return {key: filled(one, saved) for key, one in value.items()}
    return value


def at(value, pointer):
    for key in pointer.strip("/").split("/"):
        value = value[int(key)] if isinstance(value, list) else value[key]
    return value


async def main():
    plan = json.load(sys.stdin)
    asked = []

    async def elicit(_context, params):
        asked.append(params.message)
        if plan.get("elicit") == "accept":
            return types.ElicitResult(action="accept", content={"confirm": True})
        return types.ElicitResult(action="decline")

    if "url" in plan:
        headers = {"authorization": f"Bearer {plan['token']}"}
        http = httpx2.AsyncClient(headers=headers, timeout=60, trust_env=False)
        server = streamable_http_client(plan["url"], http_client=http)
    else:
        server = StdioServerParameters(command=plan["command"], args=plan["args"], env=plan["env"])
    callback = elicit if plan.get("elicit") else None
    async with Client(server, mode=plan.get("mode", "auto"), elicitation_callback=callback) as client:
        tools = (await client.list_tools()).tools
        resources = (await client.list_resources()).resources
        read = await client.read_resource(resources[0].uri)
        results, saved = [], {}
        for step in plan["steps"]:
            try:
                answer = await client.call_tool(step["tool"], filled(step["arguments"], saved))
            except MCPError as error:
                results.append({"tool": step["tool"], "protocol_error": str(error)})
                continue
            text = "\n".join(block.text for block in answer.content if block.type == "text")
            results.append(
                {
                    "tool": step["tool"],
                    "is_error": bool(answer.is_error),
                    "text": text,
                    "structured": answer.structured_content,
                }
            )
            for name, pointer in step.get("save", {}).items():
                saved[name] = str(at(answer.structured_content, pointer))
        print(
            json.dumps(
                {
                    "protocol": str(client.session.protocol_version),
                    "tools": [tool.model_dump(mode="json", by_alias=True, exclude_none=True) for tool in tools],
                    "resources": [str(resource.uri) for resource in resources],
                    "read": read.contents[0].text,
                    "asked": asked,
                    "results": results,
                }
            )
        )


asyncio.run(main())
