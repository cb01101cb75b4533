namespace Dragoman.Management.Clients;

/// <summary>A call of each library, as a text to copy. Values of the gateway's are checked before they come here: none has a quote or a blank.</summary>
internal static class ClientSamples
{
    public static IReadOnlyList<ClientBlock> Curl(GatewayEndpoint gateway, string model) =>
    [
        Block("Chat Completions", "shell", "sh", $$"""
            curl {{gateway.Base}}/v1/chat/completions -H "Authorization: Bearer {{gateway.ShownKey}}" -H 'content-type: application/json' \
              -d '{"model":"{{model}}","messages":[{"role":"user","content":"Hello"}]}'
            """),
        Block("Responses", "shell", "sh", $$"""
            curl {{gateway.Base}}/v1/responses -H "Authorization: Bearer {{gateway.ShownKey}}" -H 'content-type: application/json' \
              -d '{"model":"{{model}}","input":"Hello"}'
            """),
        Block("Messages, streamed", "shell", "sh", $$"""
            curl -N {{gateway.Base}}/v1/messages -H "x-api-key: {{gateway.ShownKey}}" -H 'anthropic-version: 2023-06-01' -H 'content-type: application/json' \
              -d '{"model":"{{model}}","max_tokens":200,"stream":true,"messages":[{"role":"user","content":"Hello"}]}'
            """),
        Block("Gemini, streamed", "shell", "sh", $$"""
            curl -N '{{gateway.Base}}/v1beta/models/{{model}}:streamGenerateContent?alt=sse' -H "x-goog-api-key: {{gateway.ShownKey}}" -H 'content-type: application/json' \
              -d '{"contents":[{"role":"user","parts":[{"text":"Hello"}]}]}'
            """),
    ];

    public static ClientBlock OpenAiPython(GatewayEndpoint gateway, string model) => Python($$"""
        from openai import OpenAI

        client = OpenAI(base_url="{{gateway.Base}}/v1", api_key="{{gateway.ShownKey}}")
        print(client.responses.create(model="{{model}}", input="Hello").output_text)
        print(client.chat.completions.create(model="{{model}}", messages=[{"role": "user", "content": "Hello"}]).choices[0].message.content)
        """);

    public static ClientBlock OpenAiScript(GatewayEndpoint gateway, string model) => Script($$"""
        import OpenAI from "openai";

        const client = new OpenAI({ baseURL: "{{gateway.Base}}/v1", apiKey: "{{gateway.ShownKey}}" });
        const answer = await client.chat.completions.create({ model: "{{model}}", messages: [{ role: "user", content: "Hello" }] });
        console.log(answer.choices[0].message.content);
        """);

    public static ClientBlock AnthropicPython(GatewayEndpoint gateway, string model) => Python($$"""
        from anthropic import Anthropic

        client = Anthropic(base_url="{{gateway.Base}}", api_key="{{gateway.ShownKey}}")
        print(client.messages.create(model="{{model}}", max_tokens=200, messages=[{"role": "user", "content": "Hello"}]).content[0].text)
        """);

    public static ClientBlock AnthropicScript(GatewayEndpoint gateway, string model) => Script($$"""
        import Anthropic from "@anthropic-ai/sdk";

        const client = new Anthropic({ baseURL: "{{gateway.Base}}", apiKey: "{{gateway.ShownKey}}" });
        const answer = await client.messages.create({ model: "{{model}}", max_tokens: 200, messages: [{ role: "user", content: "Hello" }] });
        console.log(answer.content);
        """);

    public static ClientBlock GooglePython(GatewayEndpoint gateway, string model) => Python($$"""
        from google import genai
        from google.genai import types

        client = genai.Client(api_key="{{gateway.ShownKey}}", http_options=types.HttpOptions(base_url="{{gateway.Base}}"))
        print(client.models.generate_content(model="{{model}}", contents="Hello").text)
        """);

    public static ClientBlock GoogleScript(GatewayEndpoint gateway, string model) => Script($$"""
        import { GoogleGenAI } from "@google/genai";

        const client = new GoogleGenAI({ apiKey: "{{gateway.ShownKey}}", httpOptions: { baseUrl: "{{gateway.Base}}" } });
        const answer = await client.models.generateContent({ model: "{{model}}", contents: "Hello" });
        console.log(answer.text);
        """);

    public static ClientBlock Boto(GatewayEndpoint gateway, string model) => Python($$"""
        import boto3

        client = boto3.client("bedrock-runtime", region_name="us-east-1", endpoint_url="{{gateway.Base}}", aws_access_key_id="{{gateway.ShownKey}}", aws_secret_access_key="any")
        answer = client.converse(modelId="{{model}}", messages=[{"role": "user", "content": [{"text": "Hello"}]}])
        print(answer["output"]["message"]["content"][0]["text"])
        """);

    public static ClientBlock VercelAi(GatewayEndpoint gateway, string model) => Script($$"""
        import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
        import { generateText } from "ai";

        const dragoman = createOpenAICompatible({ name: "dragoman", baseURL: "{{gateway.Base}}/v1", apiKey: "{{gateway.ShownKey}}" });
        const { text } = await generateText({ model: dragoman("{{model}}"), prompt: "Hello" });
        console.log(text);
        """);

    private static ClientBlock Python(string text) => Block("Python", "code", "python", text);

    private static ClientBlock Script(string text) => Block("JavaScript", "code", "js", text);

    private static ClientBlock Block(string title, string kind, string format, string text) => new(title, kind, format, null, text.ReplaceLineEndings("\n"));
}
