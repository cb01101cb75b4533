using System.Text.Json;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Json;
using Dragoman.Protocols.JsonSchema;

namespace Dragoman.Protocols.Gemini.Shared;

/// <summary>Reads <c>tools</c> and <c>toolConfig</c>.</summary>
internal static class GeminiToolReader
{
    /// <summary>What stands before the names of extras that belong into <c>toolConfig</c>.</summary>
    public const string ConfigPrefix = "toolConfig.";

    /// <summary>The extra that keeps a calling mode no other protocol has.</summary>
    public const string ModeExtra = "toolConfig.functionCallingConfig.mode";

    public static void ReadTools(ref Utf8TokenReader reader, ReadOnlyMemory<byte> body, ConversationRequest request)
    {
        if (reader.TokenType == JsonTokenType.StartObject)
        {
            ReadTool(ref reader, body, request);
            return;
        }

        if (reader.TokenType == JsonTokenType.Null) return;
        if (reader.TokenType != JsonTokenType.StartArray) throw WireException.Invalid("tools must be an array.", "tools");
        while (reader.NextElement())
        {
            if (reader.TokenType != JsonTokenType.StartObject) throw WireException.Invalid("Each of tools must be an object.", $"tools[{request.Tools.Count}]");
            ReadTool(ref reader, body, request);
        }
    }

    private static void ReadTool(ref Utf8TokenReader reader, ReadOnlyMemory<byte> body, ConversationRequest request)
    {
        while (reader.NextProperty())
        {
            if (reader.Is("functionDeclarations"u8))
            {
                reader.Read();
                if (reader.TokenType == JsonTokenType.StartObject) ReadFunction(ref reader, body, request);
                else if (reader.TokenType == JsonTokenType.StartArray)
                {
                    while (reader.NextElement()) ReadFunction(ref reader, body, request);
                }
                else if (reader.TokenType != JsonTokenType.Null) throw WireException.Invalid("functionDeclarations must be an array.", "tools");
                continue;
            }

            var name = reader.Camel();
            reader.Read();
            var raw = JsonSlice.From(ref reader, body);
            if (raw.IsNull) continue;
            request.Tools.Add(new Tool
            {
                Kind = ToolKind.Hosted,
                Name = name,
                HostedKind = name switch
                {
                    "googleSearch" or "googleSearchRetrieval" => HostedTools.WebSearch,
                    "urlContext" => HostedTools.WebFetch,
                    "codeExecution" => HostedTools.CodeExecution,
                    _ => name,
                },
                BlockedDomains = name == "googleSearch" ? ReadExcluded(raw) : null,
                Origin = Protocol.Gemini,
                Raw = raw,
            });
        }
    }

    private static void ReadFunction(ref Utf8TokenReader reader, ReadOnlyMemory<byte> body, ConversationRequest request)
    {
        if (reader.TokenType != JsonTokenType.StartObject) throw WireException.Invalid("Each function declaration must be an object.", "tools");
        var start = (int)reader.TokenStartIndex;
        string? name = null;
        JsonText description = default;
        JsonSlice parameters = default;
        JsonSlice jsonSchema = default;
        List<Extra>? extras = null;
        while (reader.NextProperty())
        {
            if (reader.ValueTextEquals("name"u8))
            {
                reader.Read();
                name = reader.StringOrNull();
            }
            else if (reader.ValueTextEquals("description"u8))
            {
                reader.Read();
                description = reader.TextOrEmpty(body);
            }
            else if (reader.ValueTextEquals("parameters"u8))
            {
                reader.Read();
                parameters = JsonSlice.From(ref reader, body);
            }
            else if (reader.Is("parametersJsonSchema"u8))
            {
                reader.Read();
                jsonSchema = JsonSlice.From(ref reader, body);
            }
            else
            {
                var other = reader.Camel();
                reader.Read();
                (extras ??= []).Add(new(Protocol.Gemini, other, JsonSlice.From(ref reader, body)));
            }
        }

        if (string.IsNullOrEmpty(name)) throw WireException.Invalid("A function declaration needs a name.", $"tools[{request.Tools.Count}].name");
        request.Tools.Add(new Tool
        {
            Name = name,
            Description = description,
            Parameters = jsonSchema.IsObject ? jsonSchema : parameters.IsObject ? OpenApiSchema.ToJsonSchema(parameters) : default,
            Origin = Protocol.Gemini,
            Raw = new(body[start..(int)reader.BytesConsumed]),
            Extras = extras,
        });
    }

    private static List<string>? ReadExcluded(JsonSlice raw)
    {
        var reader = raw.Read();
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject) return null;
        while (reader.NextProperty())
        {
            var hit = reader.Is("excludeDomains"u8);
            reader.Read();
            if (hit) return ReadNames(ref reader);
            reader.Skip();
        }

        return null;
    }

    public static void ReadToolConfig(ref Utf8TokenReader reader, ReadOnlyMemory<byte> body, ConversationRequest request)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            return;
        }

        while (reader.NextProperty())
        {
            if (reader.Is("functionCallingConfig"u8))
            {
                reader.Read();
                ReadCalling(ref reader, body, request);
                continue;
            }

            var name = ConfigPrefix + reader.Camel();
            reader.Read();
            request.Extras.Add(new(Protocol.Gemini, name, JsonSlice.From(ref reader, body)));
        }
    }

    private static void ReadCalling(ref Utf8TokenReader reader, ReadOnlyMemory<byte> body, ConversationRequest request)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            return;
        }

        string? mode = null;
        List<string>? allowed = null;
        while (reader.NextProperty())
        {
            if (reader.ValueTextEquals("mode"u8))
            {
                reader.Read();
                var raw = reader.TokenType == JsonTokenType.String ? new JsonSlice(body[(int)reader.TokenStartIndex..(int)reader.BytesConsumed]) : default;
                mode = reader.StringOrNull()?.ToUpperInvariant();
                if (mode is not (null or "AUTO" or "ANY" or "NONE" or "MODE_UNSPECIFIED")) request.Extras.Add(new(Protocol.Gemini, ModeExtra, raw));
            }
            else if (reader.Is("allowedFunctionNames"u8))
            {
                reader.Read();
                allowed = ReadNames(ref reader);
            }
            else
            {
                var name = ConfigPrefix + "functionCallingConfig." + reader.Camel();
                reader.Read();
                request.Extras.Add(new(Protocol.Gemini, name, JsonSlice.From(ref reader, body)));
            }
        }

        request.ToolChoice = mode switch
        {
            "ANY" when allowed is [var one] => new() { Mode = ToolChoiceMode.Named, Name = one },
            "ANY" => new() { Mode = ToolChoiceMode.Required, Allowed = allowed },
            "NONE" => new() { Mode = ToolChoiceMode.None },
            null or "MODE_UNSPECIFIED" when allowed is null => null,
            _ => new() { Mode = ToolChoiceMode.Auto, IsValidated = mode == "VALIDATED", Allowed = allowed },
        };
    }

    private static List<string>? ReadNames(ref Utf8TokenReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            reader.Skip();
            return null;
        }

        var names = new List<string>();
        while (reader.NextElement())
        {
            if (reader.StringOrNull() is { } name) names.Add(name);
        }

        return names.Count > 0 ? names : null;
    }
}
