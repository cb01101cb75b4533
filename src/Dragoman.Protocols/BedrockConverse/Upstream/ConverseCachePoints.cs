using System.Text.Json;
using Dragoman.Protocols.Conversation;

namespace Dragoman.Protocols.BedrockConverse.Upstream;

/// <summary>Chooses which cache hints become cache points: only where the model caches, and at most four.</summary>
internal static class ConverseCachePoints
{
    private const int Most = 4;

    /// <summary>The tools and blocks after which a cache point stands.</summary>
    public static HashSet<object> Choose(TranslationContext exchange, ConverseModelTraits traits, ConverseConversation conversation, bool tools)
    {
        var front = new List<object>();
        var late = new List<object>();
        var unable = false;
        foreach (var tool in exchange.Request.Tools)
        {
            if (tool.Cache is null || !tools) continue;
            if (traits.CachesTools) front.Add(tool);
            else unable = true;
        }

        var toolPoints = front.Count;
        foreach (var block in exchange.Request.System)
        {
            if (block.Cache is not null) front.Add(block);
        }

        foreach (var message in conversation.Messages)
        {
            foreach (var (block, _) in message.Blocks)
            {
                if (HintOf(block) is not null && block is not ReasoningBlock) late.Add(block);
            }
        }

        if (exchange.Request.Cache is { } whole && conversation.Messages[^1].Blocks[^1].Block is { } last && HintOf(last) is null)
        {
            last.Cache = whole;
            late.Add(last);
        }

        if (!traits.CachesMessages && front.Count + late.Count > 0) unable = true;
        if (unable) exchange.Losses.Drop("cache_control", "the model does not cache there");
        if (!traits.CachesMessages) return [];
        var all = front.Count + late.Count;
        if (all <= Most) return [.. front, .. late];
        exchange.Losses.Drop("cache_control", "at most four cache points are allowed");
        // The ends of tools and system cover what is most often asked again; then the latest words.
        var chosen = new HashSet<object>();
        if (toolPoints > 0) chosen.Add(front[toolPoints - 1]);
        if (front.Count > toolPoints) chosen.Add(front[^1]);
        for (var i = late.Count - 1; i >= 0 && chosen.Count < Most; i--) chosen.Add(late[i]);
        for (var i = front.Count - 1; i >= 0 && chosen.Count < Most; i--) chosen.Add(front[i]);
        return chosen;
    }

    /// <summary>A hint on a block, or inside a tool's result, where Converse has no place for it.</summary>
    public static CacheHint? HintOf(Block block)
        => block.Cache ?? (block is ToolResultBlock result ? result.Content.FindLast(part => part.Cache is not null)?.Cache : null);

    public static void Write(Utf8JsonWriter writer, CacheHint? hint, ConverseModelTraits traits)
    {
        writer.WriteStartObject();
        writer.WriteStartObject("cachePoint"u8);
        writer.WriteString("type"u8, "default"u8);
        if (hint?.Ttl is "5m" or "1h" && traits.CachesForAnHour) writer.WriteString("ttl"u8, hint.Ttl);
        writer.WriteEndObject();
        writer.WriteEndObject();
    }
}
