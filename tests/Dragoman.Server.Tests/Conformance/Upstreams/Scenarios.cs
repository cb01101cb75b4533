namespace Dragoman.Server.Tests.Conformance.Upstreams;

public sealed class ChatScenario : UpstreamScenario
{
    public override string Name => "chat";

    public override bool ShowsReasoning => false;

    public override bool SignsReasoning => false;

    public override bool ImagesInResults => false;

    public override bool TellsToolErrors => false;

    public override bool InstructsMidway => true;

    public override string Account(string address, string key, string name) => $"""
        openai-compatibility:
          - name: {name}
            base-url: {address}/v1
            api-key-entries:
              - api-key: {key}
            models:
              - name: gpt-4.1
                alias: m
              - name: gpt-5.2
                alias: r
        """;
}

public sealed class ResponsesScenario : UpstreamScenario
{
    public override string Name => "responses";

    public override bool TellsToolErrors => false;

    public override bool Stops => false;

    public override bool InstructsMidway => true;

    public override string Account(string address, string key, string name) => $"""
        openai-compatibility:
          - name: {name}
            base-url: {address}/v1
            wire-api: responses
            api-key-entries:
              - api-key: {key}
            models:
              - name: gpt-4.1
                alias: m
              - name: gpt-5.2
                alias: r
        """;
}

/// <summary>Responses as ChatGPT's Codex backend takes it.</summary>
public sealed class ChatGptScenario : UpstreamScenario
{
    public override string Name => "responses";

    public override bool TellsToolErrors => false;

    public override bool Stops => false;

    public override bool LimitsLength => false;

    public override bool InstructsMidway => true;

    public override string Account(string address, string key, string name) => $"""
        chatgpt:
          - name: {name}
            access-token: {key}
            base-url: {address}/chatgpt/backend-api/codex
            models:
              - name: gpt-5.4-mini
                alias: m
              - name: gpt-5.2
                alias: r
        """;
}

public sealed class MessagesScenario : UpstreamScenario
{
    public override string Name => "messages";

    public override bool ArgumentsAreObjects => true;

    public override string Account(string address, string key, string name) => $"""
        claude-api-key:
          - name: {name}
            api-key: {key}
            base-url: {address}
            models:
              - name: claude-sonnet-4-5
                alias: m
              - name: claude-opus-4-5
                alias: r
        """;
}

public sealed class ClaudeSubscriptionScenario : UpstreamScenario
{
    public override string Name => "messages";

    public override bool IsVendor => true;

    public override bool ArgumentsAreObjects => true;

    public override string Account(string address, string key, string name) => $"""
        claude-subscription:
          - name: {name}
            access-token: sk-ant-oat01-setup-{key}
            base-url: {address}/claude
            models:
              - name: claude-sonnet-4-5
                alias: m
              - name: claude-opus-4-5
                alias: r
        """;
}

public sealed class XaiScenario : UpstreamScenario
{
    public override string Name => "responses";

    public override bool TellsToolErrors => false;

    public override bool Stops => false;

    public override bool InstructsMidway => true;

    public override string Account(string address, string key, string name) => $"""
        xai-subscription:
          - name: {name}
            access-token: grok-login-{key}
            base-url: {address}/xai/v1
            models:
              - name: gpt-4.1
                alias: m
              - name: gpt-5.2
                alias: r
        """;
}

public sealed class KimiScenario : UpstreamScenario
{
    public override string Name => "chat";

    public override bool ShowsReasoning => false;

    public override bool SignsReasoning => false;

    public override bool ImagesInResults => false;

    public override bool TellsToolErrors => false;

    public override bool InstructsMidway => true;

    public override string Account(string address, string key, string name) => $"""
        kimi-code:
          - name: {name}
            access-token: kimi-login-{key}
            base-url: {address}/kimi/coding/v1
            models:
              - name: gpt-4.1
                alias: m
              - name: gpt-5.2
                alias: r
        """;
}

/// <summary>A coding plan's key, by Messages.</summary>
public sealed class CodingPlanScenario : UpstreamScenario
{
    public override string Name => "messages";

    public override bool ArgumentsAreObjects => true;

    public override string Account(string address, string key, string name) => $"""
        coding-plan:
          - name: {name}
            plan: zai
            wire-api: messages
            api-key: {key}
            base-url: {address}/plans/zai/api/anthropic
            models:
              - name: claude-sonnet-4-5
                alias: m
              - name: claude-opus-4-5
                alias: r
        """;
}

public sealed class CodeAssistScenario : UpstreamScenario
{
    public override string Name => "gemini";

    public override bool OneCallAtATime => false;

    public override bool ArgumentsAreObjects => true;

    public override string BodyOf(string sent)
    {
        using var wrapped = System.Text.Json.JsonDocument.Parse(sent);
        return wrapped.RootElement.GetProperty("request").GetRawText();
    }

    public override string Account(string address, string key, string name) => $"""
        code-assist:
          - name: {name}
            access-token: ya29-login-{key}
            project: mine
            base-url: {address}/google
            models:
              - name: gemini-2.5-flash
                alias: m
              - name: gemini-3-pro-preview
                alias: r
        """;
}

public sealed class GeminiScenario : UpstreamScenario
{
    public override string Name => "gemini";

    public override bool OneCallAtATime => false;

    public override bool ArgumentsAreObjects => true;

    public override string Account(string address, string key, string name) => $"""
        gemini-api-key:
          - name: {name}
            api-key: {key}
            base-url: {address}
            models:
              - name: gemini-2.5-flash
                alias: m
              - name: gemini-3-pro-preview
                alias: r
        """;
}

public sealed class AntigravityScenario : UpstreamScenario
{
    public override string Name => "gemini";

    public override bool OneCallAtATime => false;

    public override bool ArgumentsAreObjects => true;

    public override string BodyOf(string sent)
    {
        using var wrapped = System.Text.Json.JsonDocument.Parse(sent);
        return wrapped.RootElement.GetProperty("request").GetRawText();
    }

    public override string Account(string address, string key, string name) => $"""
        antigravity-account:
          - name: {name}
            access-token: ya29-login-{key}
            project: mine
            base-url: {address}/antigravity
            models:
              - name: gemini-2.5-flash
                alias: m
              - name: gemini-3-pro-preview
                alias: r
        """;
}

/// <summary>Gemini on Vertex AI.</summary>
public sealed class VertexGeminiScenario : UpstreamScenario
{
    public override string Name => "gemini";

    public override bool OneCallAtATime => false;

    public override bool ArgumentsAreObjects => true;

    public override string Account(string address, string key, string name) => $"""
        vertex:
          - name: {name}
            access-token: ya29.vertex-{key}
            project: mine
            base-url: {address}/vertex
            models:
              - name: gemini-2.5-flash
                alias: m
              - name: gemini-3-pro-preview
                alias: r
        """;
}

/// <summary>Claude on Vertex AI.</summary>
public sealed class VertexClaudeScenario : UpstreamScenario
{
    public override string Name => "messages";

    public override bool ImagesByUrl => false;

    public override bool ArgumentsAreObjects => true;

    public override string Account(string address, string key, string name) => $"""
        vertex:
          - name: {name}
            access-token: ya29.vertex-{key}
            project: mine
            location: us
            base-url: {address}/vertex
            models:
              - name: claude-sonnet-4-5@20250929
                alias: m
              - name: claude-opus-4-5@20251101
                alias: r
        """;
}

public sealed class BedrockConverseScenario : UpstreamScenario
{
    public override string Name => "bedrock-converse";

    public override bool ImagesByUrl => false;

    public override bool OneCallAtATime => false;

    public override bool ForbidsCalls => false;

    public override bool ArgumentsAreObjects => true;

    public override string Account(string address, string key, string name) => $"""
        bedrock:
          - name: {name}
            region: us-east-1
            endpoint: {address}
            api-key: {key}
            models:
              - name: amazon.nova-pro-v1:0
                alias: m
              - name: us.anthropic.claude-sonnet-4-5-20250929-v1:0
                alias: r
                wire-api: converse
        """;
}

public sealed class CodeWhispererScenario : UpstreamScenario
{
    public override string Name => "codewhisperer";

    public override bool SignsReasoning => false;

    public override bool ImagesByUrl => false;

    public override bool OneCallAtATime => false;

    public override bool TakesControlCharacters => false;

    public override bool ArgumentsAreObjects => true;

    public override string Account(string address, string key, string name) => $"""
        kiro:
          - name: {name}
            access-token: {key}
            profile-arn: arn:aws:codewhisperer:us-east-1:111122223333:profile/EXAMPLE
            base-url: {address}
            models:
              - name: claude-sonnet-4.5
                alias: m
              - name: claude-haiku-4.5
                alias: r
        """;
}

public sealed class BedrockAnthropicScenario : UpstreamScenario
{
    public override string Name => "bedrock-anthropic";

    public override bool ImagesByUrl => false;

    public override bool ArgumentsAreObjects => true;

    public override string Account(string address, string key, string name) => $"""
        bedrock:
          - name: {name}
            region: us-east-1
            endpoint: {address}
            api-key: {key}
            models:
              - name: us.anthropic.claude-sonnet-4-5-20250929-v1:0
                alias: m
              - name: us.anthropic.claude-opus-4-5-20251101-v1:0
                alias: r
        """;
}
