namespace Dragoman.EndToEnd.Tests.Upstreams;

/// <summary>A language of upstreams: how the gateway is configured for it, and how a request in it is known.</summary>
/// <param name="Name">Its name in the tests.</param>
/// <param name="Model">The model's name upstream.</param>
/// <param name="Path">What the path of each generating request contains.</param>
/// <param name="Entry">The entry of config.yaml, up to its models; takes the address.</param>
internal sealed record UpstreamProtocol(string Name, string Model, string Path, Func<string, string> Entry)
{
    /// <summary>All of them by name.</summary>
    public static readonly IReadOnlyDictionary<string, UpstreamProtocol> All = new UpstreamProtocol[]
    {
        new("chat", "deepseek-chat", "/v1/chat/completions", at => $"openai-compatibility:\n  - name: upstream\n    base-url: {at}/v1\n    api-key-entries:\n      - api-key: upstream"),
        new("responses", "gpt-5.2", "/v1/responses", at => $"codex-api-key:\n  - api-key: upstream\n    base-url: {at}/v1"),
        new("messages", "claude-sonnet-4-5", "/v1/messages", at => $"claude-api-key:\n  - api-key: upstream\n    base-url: {at}"),
        new("gemini", "gemini-2.5-pro", "/v1beta/models/gemini-2.5-pro:", at => $"gemini-api-key:\n  - api-key: upstream\n    base-url: {at}"),
        new("bedrock", "amazon.nova-pro-v1:0", "/converse", at => $"bedrock:\n  - name: upstream\n    region: us-east-1\n    endpoint: {at}\n    api-key: upstream"),
        new("bedrock-claude", "anthropic.claude-sonnet-4-5-20250929-v1:0", "/invoke", at => $"bedrock:\n  - name: upstream\n    region: us-east-1\n    endpoint: {at}\n    api-key: upstream"),
    }.ToDictionary(protocol => protocol.Name);

    /// <summary>A configuration with this upstream alone, which serves every name that is asked for.</summary>
    public string Configuration(Uri address, IEnumerable<string> names)
        => $"{Entry(address.ToString().TrimEnd('/'))}\n    models:\n" + string.Concat(names.Select(name => $"      - name: {Model}\n        alias: {name}\n"));
}
