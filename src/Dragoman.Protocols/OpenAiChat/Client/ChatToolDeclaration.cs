using System.Text.Json;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Json;
using Dragoman.Protocols.OpenAiChat.Shared;

namespace Dragoman.Protocols.OpenAiChat.Client;

/// <summary>
/// Reads one tool declaration: Chat's nested form, the flat forms of Responses and the legacy <c>functions</c>, Anthropic's with
/// <c>input_schema</c>, and hosted tools by their type or, as Gemini has it, by their only member.
/// </summary>
internal sealed class ChatToolDeclaration(JsonSlice raw, bool legacy)
{
    private string? _type;
    private string? _name;
    private JsonText _description;
    private JsonSlice _parameters;
    private JsonSlice _format;
    private bool? _strict;
    private CacheHint? _cache;
    private bool _nested;
    private bool _anthropic;
    private int? _maxUses;
    private List<string>? _allowed;
    private List<string>? _blocked;
    private JsonSlice _location;
    private string? _member;
    private List<Extra>? _extras;

    public Tool? Read(string path)
    {
        var reader = raw.Read();
        reader.Read();
        while (reader.NextProperty())
        {
            if (reader.ValueTextEquals("type"u8)) _type = ChatJson.String(ref reader);
            else if (reader.ValueTextEquals("function"u8) || reader.ValueTextEquals("custom"u8)) Nested(ref reader);
            else if (reader.ValueTextEquals("cache_control"u8)) _cache = ChatJson.Cache(ChatJson.Value(ref reader, raw.Bytes));
            else if (TryHosted(ref reader)) continue;
            else Member(ref reader, raw.Bytes, "");
        }

        if (IsHosted(out var kind)) return Hosted(kind);
        if (string.IsNullOrEmpty(_name))
        {
            throw WireException.Invalid($"Missing required parameter: '{path}{(legacy ? "" : ".function")}.name'.", path, "missing_required_parameter");
        }

        // Anthropic calls its plain functions "custom" too; a schema tells.
        var custom = _type == "custom" && !_anthropic && _parameters.IsEmpty;
        return new Tool
        {
            Kind = custom ? ToolKind.Custom : ToolKind.Function,
            Name = _name,
            Description = _description,
            Parameters = _parameters,
            Format = custom ? ChatCustomFormat.ToResponses(_format, ref _extras) : default,
            Strict = _strict,
            Cache = _cache,
            Origin = Protocol.OpenAiChat,
            Raw = _nested && !legacy ? raw : default,
            Extras = _extras,
        };
    }

    private void Nested(ref Utf8TokenReader reader)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            return;
        }

        _nested = true;
        while (reader.NextProperty()) Member(ref reader, raw.Bytes, "function.");
    }

    private void Member(ref Utf8TokenReader reader, ReadOnlyMemory<byte> source, string prefix)
    {
        if (reader.ValueTextEquals("name"u8)) _name = ChatJson.String(ref reader);
        else if (reader.ValueTextEquals("description"u8)) _description = ChatJson.Text(ref reader, source);
        else if (reader.ValueTextEquals("parameters"u8))
        {
            var value = ChatJson.Value(ref reader, source);
            if (value.IsObject) _parameters = value;
        }
        else if (reader.ValueTextEquals("input_schema"u8))
        {
            var value = ChatJson.Value(ref reader, source);
            if (!value.IsObject) return;
            _parameters = value;
            _anthropic = true;
        }
        else if (reader.ValueTextEquals("strict"u8))
        {
            reader.Read();
            _strict = reader.BooleanOrNull();
        }
        else if (reader.ValueTextEquals("format"u8)) _format = ChatJson.Value(ref reader, source);
        else
        {
            if (prefix.Length == 0) _member ??= reader.GetString();
            ChatJson.Extra(ref reader, source, ref _extras, prefix);
        }
    }

    private bool TryHosted(ref Utf8TokenReader reader)
    {
        if (reader.ValueTextEquals("max_uses"u8))
        {
            reader.Read();
            _maxUses = reader.Int32OrNull();
        }
        else if (reader.ValueTextEquals("allowed_domains"u8)) _allowed = Domains(ChatJson.Value(ref reader, raw.Bytes));
        else if (reader.ValueTextEquals("blocked_domains"u8)) _blocked = Domains(ChatJson.Value(ref reader, raw.Bytes));
        else if (reader.ValueTextEquals("user_location"u8)) _location = ChatJson.Value(ref reader, raw.Bytes);
        else if (reader.ValueTextEquals("filters"u8))
        {
            var filters = ChatJson.Value(ref reader, raw.Bytes);
            if (!filters.IsObject) return true;
            var inner = filters.Read();
            inner.Read();
            while (inner.NextProperty())
            {
                if (inner.ValueTextEquals("allowed_domains"u8)) _allowed = Domains(ChatJson.Value(ref inner, filters.Bytes));
                else ChatJson.Extra(ref inner, filters.Bytes, ref _extras, "filters.");
            }
        }
        else return false;
        return true;
    }

    private static List<string>? Domains(JsonSlice value)
    {
        if (!value.IsArray) return null;
        var list = new List<string>();
        var reader = value.Read();
        reader.Read();
        while (reader.NextElement())
        {
            if (reader.StringOrNull() is { } domain) list.Add(domain);
        }

        return list.Count > 0 ? list : null;
    }

    private bool IsHosted(out string kind)
    {
        kind = "";
        if (legacy || _nested || _anthropic || _type is "function" or "custom") return false;
        var word = _type ?? (_name is null ? _member : null);
        if (word is null) return false;
        kind = KindOf(word);
        return true;
    }

    private static string KindOf(string type)
    {
        if (type.Contains("search", StringComparison.Ordinal) && !type.Contains("file", StringComparison.Ordinal)) return HostedTools.WebSearch;
        if (type.Contains("web_fetch", StringComparison.Ordinal) || type.Contains("url_context", StringComparison.Ordinal)) return HostedTools.WebFetch;
        var code = type.Contains("code_execution", StringComparison.Ordinal) || type.Contains("code_interpreter", StringComparison.Ordinal);
        return code ? HostedTools.CodeExecution : type;
    }

    private Tool Hosted(string kind) => new()
    {
        Kind = ToolKind.Hosted,
        Name = string.IsNullOrEmpty(_name) ? kind : _name,
        Description = _description,
        HostedKind = kind,
        MaxUses = _maxUses,
        AllowedDomains = _allowed,
        BlockedDomains = _blocked,
        UserLocation = _location,
        Cache = _cache,
        Origin = Protocol.OpenAiChat,
        Raw = raw,
        Extras = _extras?.FindAll(extra => extra.Name != _member || _type is not null) is { Count: > 0 } rest ? rest : null,
    };
}
