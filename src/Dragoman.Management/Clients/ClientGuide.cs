using Dragoman.Protocols;

namespace Dragoman.Management.Clients;

/// <summary>A client that is pointed at the gateway by hand: a program whose settings stand in its own pages or in variables, or a library.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Name">What people call it.</param>
/// <param name="Homepage">Where it is described.</param>
/// <param name="Protocol">The protocol that it speaks.</param>
/// <param name="Kind"><c>program</c> or <c>library</c>.</param>
/// <param name="Blocks">What to copy, for a gateway and the model to ask for.</param>
internal sealed record ClientGuide(string Id, string Name, string Homepage, Protocol Protocol, string Kind, Func<GatewayEndpoint, string, IReadOnlyList<ClientBlock>> Blocks)
{
    /// <summary>What its user should know.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>The programs, then the libraries.</summary>
    public static IReadOnlyList<ClientGuide> All { get; } =
    [
        new("cursor", "Cursor", "https://cursor.com/docs", Protocol.OpenAiChat, "program", static (gateway, model) =>
            [Settings("Settings → Models", ("Override OpenAI Base URL", gateway.Base + "/v1"), ("OpenAI API Key", gateway.ShownKey), ("Add model", model))])
        {
            Notes = ["Cursor's own servers make the calls: the gateway needs an address that the internet can reach, with https and client keys."],
        },
        new("cline", "Cline", "https://docs.cline.bot/provider-config/openai-compatible", Protocol.OpenAiChat, "program", static (gateway, model) =>
            [Settings("Settings → API Configuration", ("API Provider", "OpenAI Compatible"), ("Base URL", gateway.Base + "/v1"), ("API Key", gateway.ShownKey), ("Model ID", model))]),
        // The four variables of docs.github.com/copilot/how-tos/copilot-cli/customize-copilot/use-byok-models (read 2026-11-30).
        new("copilot-cli", "GitHub Copilot CLI", "https://docs.github.com/copilot/how-tos/copilot-cli", Protocol.OpenAiChat, "program", static (gateway, model) =>
            [Shell($"""
                export COPILOT_PROVIDER_TYPE=openai
                export COPILOT_PROVIDER_BASE_URL={ClientText.Word(gateway.Base + "/v1")}
                export COPILOT_PROVIDER_API_KEY={ClientText.Word(gateway.ShownKey)}
                export COPILOT_MODEL={ClientText.Word(model)}
                copilot
                """)])
        {
            Notes = ["With a provider of its own it needs no GitHub login. The model has to stream and call tools."],
        },
        new("curl", "curl", "https://curl.se", Protocol.OpenAiChat, "program", static (gateway, model) => ClientSamples.Curl(gateway, model)),
        new("openai-python", "OpenAI SDK, Python", "https://github.com/openai/openai-python", Protocol.OpenAiResponses, "library", static (gateway, model) => [ClientSamples.OpenAiPython(gateway, model)]),
        new("openai-js", "OpenAI SDK, JavaScript", "https://github.com/openai/openai-node", Protocol.OpenAiChat, "library", static (gateway, model) => [ClientSamples.OpenAiScript(gateway, model)]),
        new("anthropic-python", "Anthropic SDK, Python", "https://github.com/anthropics/anthropic-sdk-python", Protocol.AnthropicMessages, "library", static (gateway, model) => [ClientSamples.AnthropicPython(gateway, model)]),
        new("anthropic-js", "Anthropic SDK, JavaScript", "https://github.com/anthropics/anthropic-sdk-typescript", Protocol.AnthropicMessages, "library", static (gateway, model) => [ClientSamples.AnthropicScript(gateway, model)]),
        new("google-genai-python", "Google Gen AI SDK, Python", "https://github.com/googleapis/python-genai", Protocol.Gemini, "library", static (gateway, model) => [ClientSamples.GooglePython(gateway, model)]),
        new("google-genai-js", "Google Gen AI SDK, JavaScript", "https://github.com/googleapis/js-genai", Protocol.Gemini, "library", static (gateway, model) => [ClientSamples.GoogleScript(gateway, model)]),
        new("boto3", "AWS SDK for Python (boto3)", "https://docs.aws.amazon.com/boto3", Protocol.BedrockConverse, "library", static (gateway, model) => [ClientSamples.Boto(gateway, model)])
        {
            Notes = ["The client key stands where the access key id does; the secret beside it may be anything."],
        },
        new("vercel-ai-sdk", "Vercel AI SDK", "https://ai-sdk.dev", Protocol.OpenAiChat, "library", static (gateway, model) => [ClientSamples.VercelAi(gateway, model)]),
    ];

    private static ClientBlock Settings(string where, params (string Field, string Value)[] fields)
        => new(where, "settings", "text", null, string.Join('\n', fields.Select(static field => $"{field.Field}: {field.Value}")));

    private static ClientBlock Shell(string text) => new("Shell", "shell", "sh", null, text.ReplaceLineEndings("\n"));
}
