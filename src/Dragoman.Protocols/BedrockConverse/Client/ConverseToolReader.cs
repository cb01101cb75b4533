using System.Text.Json;
using Dragoman.Protocols.BedrockConverse.Shared;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Json;

namespace Dragoman.Protocols.BedrockConverse.Client;

/// <summary>Reads <c>toolConfig</c>: the tools, and how free the model is in calling them.</summary>
internal static class ConverseToolReader
{
    private const Protocol Own = Protocol.BedrockConverse;

    public static void Read(JsonSlice config, ConversationRequest request)
    {
        if (ConverseJson.Member(config, "tools"u8) is { IsArray: true } tools) ReadTools(tools, request);
        if (ConverseJson.Member(config, "toolChoice"u8) is { IsObject: true } choice) request.ToolChoice = ReadChoice(choice);
    }

    private static void ReadTools(JsonSlice tools, ConversationRequest request)
    {
        var items = new List<(string Kind, JsonSlice Value, JsonSlice Raw, string Path)>();
        var reader = tools.Read();
        reader.Read();
        for (var index = 0; reader.NextElement(); index++)
        {
            var path = $"toolConfig.tools.{index}";
            if (reader.TokenType != JsonTokenType.StartObject) throw WireException.Invalid($"{path}: an object is required", path);
            var raw = JsonSlice.From(ref reader, tools.Bytes);
            var (kind, value) = ConverseBlockReader.KindOf(raw, path);
            items.Add((kind, value, raw, path));
        }

        for (var index = 0; index < items.Count; index++)
        {
            var (kind, value, raw, path) = items[index];
            if (kind == "cachePoint") continue;
            // A cache point belongs to the tool before it.
            var cache = index + 1 < items.Count && items[index + 1].Kind == "cachePoint" ? ConverseBlockReader.ReadCachePoint(items[index + 1].Value) : null;
            if (ConverseJson.TextOf(value, "name"u8) is not { Length: > 0 } name) throw WireException.Invalid($"{path}.{kind}.name: a name is required", $"{path}.{kind}.name");
            if (kind == "toolSpec")
            {
                var strict = ConverseJson.Member(value, "strict"u8);
                request.Tools.Add(new Tool
                {
                    Kind = ToolKind.Function, Name = name, Description = ConverseJson.Text(ConverseJson.Member(value, "description"u8)), Parameters = ConverseJson.Member(ConverseJson.Member(value, "inputSchema"u8), "json"u8),
                    Strict = strict.IsEmpty || strict.IsNull ? null : strict.Bytes.Span.SequenceEqual("true"u8), Cache = cache, Origin = Own, Raw = raw,
                });
            }
            else
            {
                request.Tools.Add(new Tool { Kind = ToolKind.Hosted, Name = name, HostedKind = name == "nova_grounding" ? HostedTools.WebSearch : name == "nova_code_interpreter" ? HostedTools.CodeExecution : name, Cache = cache, Origin = Own, Raw = raw });
            }
        }
    }

    private static ToolChoice ReadChoice(JsonSlice choice)
    {
        var (kind, value) = ConverseBlockReader.KindOf(choice, "toolConfig.toolChoice");
        return kind switch
        {
            "auto" => new ToolChoice { Mode = ToolChoiceMode.Auto },
            "any" => new ToolChoice { Mode = ToolChoiceMode.Required },
            "tool" => new ToolChoice { Mode = ToolChoiceMode.Named, Name = ConverseJson.TextOf(value, "name"u8) ?? throw WireException.Invalid("toolConfig.toolChoice.tool.name: a name is required", "toolConfig.toolChoice") },
            _ => throw WireException.Invalid("toolConfig.toolChoice: must be auto, any or tool", "toolConfig.toolChoice"),
        };
    }
}
