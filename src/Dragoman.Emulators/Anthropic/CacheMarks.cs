using System.Text.Json.Nodes;
using Dragoman.Emulators.Json;

namespace Dragoman.Emulators.Anthropic;

/// <summary>The cache_control marks of a request: at most four, well formed, and the hour-long ones first.</summary>
internal sealed class CacheMarks(bool takesScope)
{
    private int _count;
    private bool _short;

    public void Add(JsonNode? mark, string path)
    {
        if (mark is null)
            return;
        var value = mark as JsonObject ?? throw AnthropicRules.Bad($"{path}: Input should be a valid dictionary or object to extract fields from");
        AnthropicRules.Closed(value, path.EndsWith(".cache_control", StringComparison.Ordinal) || path == "cache_control" ? $"{path}.ephemeral" : path, takesScope ? ["type", "ttl", "scope"] : ["type", "ttl"]);
        if (value["type"].Str() != "ephemeral")
            throw AnthropicRules.Bad($"{path}: Input tag '{value["type"].Str()}' found using 'type' does not match any of the expected tags: 'ephemeral'");
        var ttl = value["ttl"]?.Str() ?? "5m";
        if (ttl is not ("5m" or "1h"))
            throw AnthropicRules.Bad($"{path}.ephemeral.ttl: Input should be '5m' or '1h'");
        if (ttl == "1h" && _short)
            throw AnthropicRules.Bad($"{path}.ttl: a ttl='1h' cache_control block must not come after a ttl='5m' cache_control block. Note that blocks are processed in the following order: `tools`, `system`, `messages`.");
        _short |= ttl == "5m";
        _count++;
    }

    public void Check()
    {
        if (_count > 4)
            throw AnthropicRules.Bad($"A maximum of 4 blocks with cache_control may be provided. Found {_count}.");
    }
}
