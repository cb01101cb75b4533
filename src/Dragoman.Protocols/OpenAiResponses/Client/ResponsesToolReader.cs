using System.Text.Json;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Json;
using Dragoman.Protocols.OpenAiResponses.Shared;

namespace Dragoman.Protocols.OpenAiResponses.Client;

/// <summary>Reads tool declarations and the choice among them.</summary>
internal static class ResponsesToolReader
{
    private static readonly JsonSlice LocalShell = JsonSlice.Create("""{"type":"object","properties":{"command":{"type":"array","items":{"type":"string"},"description":"The command and its arguments."},"timeout_ms":{"type":"integer"},"working_directory":{"type":"string"},"env":{"type":"object","additionalProperties":{"type":"string"}}},"required":["command"]}"""u8);
    private static readonly JsonSlice Shell = JsonSlice.Create("""{"type":"object","properties":{"commands":{"type":"array","items":{"type":"string"},"description":"Shell commands to run."},"timeout_ms":{"type":"integer"},"max_output_length":{"type":"integer"}},"required":["commands"]}"""u8);
    private static readonly JsonSlice ApplyPatch = JsonSlice.Create("""{"type":"object","properties":{"type":{"type":"string","enum":["create_file","update_file","delete_file"]},"path":{"type":"string"},"diff":{"type":"string","description":"The change as a V4A diff; left out to delete a file."}},"required":["type","path"]}"""u8);

    private static readonly JsonSlice ToolSearch = JsonSlice.Create("""{"type":"object","properties":{"query":{"type":"string","description":"What the tools shall be able to do."}},"required":["query"]}"""u8);

    /// <summary>
    /// Reads the tools that a search of the client's found (<c>tool_search_output</c>) behind those of the request; gives their names, also of
    /// those that were declared before.
    /// </summary>
    public static List<string> ReadFound(JsonSlice tools, ConversationRequest request, string path)
    {
        var found = new ConversationRequest { Source = Protocol.OpenAiResponses };
        ReadTools(tools, found, path, found: true);
        var names = new List<string>();
        foreach (var tool in found.Tools)
        {
            if (tool.Kind == ToolKind.Hosted) continue;
            names.Add(tool.Name);
            if (request.FindTool(tool.Name) is null) request.Tools.Add(tool);
        }

        return names;
    }

    public static void ReadTools(JsonSlice tools, ConversationRequest request, string path, bool found = false)
    {
        if (tools.IsEmpty) return;
        if (!tools.IsArray) throw WireException.Invalid($"'{path}' must be a list.", path);
        var reader = tools.Read();
        reader.Read();
        for (var index = 0; reader.NextElement(); index++)
        {
            var at = $"{path}[{index}]";
            if (reader.TokenType != JsonTokenType.StartObject) throw WireException.Invalid($"'{at}' must be an object.", at);
            ReadTool(JsonSlice.From(ref reader, tools.Bytes), request, at, null, default, found);
        }
    }

    public static void ReadChoice(JsonSlice value, ConversationRequest request)
    {
        if (value.IsEmpty) return;
        if (value.IsString)
        {
            request.ToolChoice = ResponsesItem.TextOf(value).ToString() switch
            {
                "auto" => new() { Mode = ToolChoiceMode.Auto },
                "validated" => new() { Mode = ToolChoiceMode.Auto, IsValidated = true },
                "none" => new() { Mode = ToolChoiceMode.None },
                "required" => new() { Mode = ToolChoiceMode.Required },
                var other => throw WireException.Invalid($"'{other}' is not a tool choice; use auto, none, required or an object.", "tool_choice", "invalid_value"),
            };
            return;
        }

        if (!value.IsObject) throw WireException.Invalid("'tool_choice' must be a string or an object.", "tool_choice");
        var choice = ResponsesItem.From(value);
        List<Extra>? unknown = null;
        ResponsesUnknown.AddOf(ref unknown, value, "tool_choice.", "type", "mode", "tools", "name", "namespace", "server_label");
        ResponsesUnknown.AddOfEach(ref unknown, choice.Tools, "tool_choice.tools.", "type", "name", "namespace", "server_label");
        if (unknown is not null) request.Extras.AddRange(unknown);
        if (choice.Type == "validated")
        {
            request.ToolChoice = new() { Mode = ToolChoiceMode.Auto, IsValidated = true };
            return;
        }

        if (choice.Type == "allowed_tools")
        {
            var mode = Mode(value);
            request.ToolChoice = new() { Mode = mode == "required" ? ToolChoiceMode.Required : ToolChoiceMode.Auto, IsValidated = mode == "validated", Allowed = Allowed(choice.Tools, request) };
            return;
        }

        // An MCP choice names a server's tool, which no other protocol can; the raw form goes back where it came from.
        if (choice.Type == "mcp") request.Extras.Add(new(Protocol.OpenAiResponses, "tool_choice", value));
        request.ToolChoice = new() { Mode = ToolChoiceMode.Named, Name = NameOf(choice, request) };
    }

    private static string NameOf(in ResponsesItem choice, ConversationRequest request)
    {
        if (choice.Type == "mcp") return choice.ServerLabel ?? "mcp";
        if (choice.Name is not null) return choice.FlatName;
        var kind = HostedKind(choice.Type);
        foreach (var tool in request.Tools)
        {
            if (tool.HostedKind == kind) return tool.Name;
        }

        return kind;
    }

    private static string? Mode(JsonSlice choice)
    {
        var reader = choice.Read();
        reader.Read();
        while (reader.NextProperty())
        {
            var isMode = reader.ValueTextEquals("mode"u8);
            reader.Read();
            if (isMode) return reader.StringOrNull();
            reader.Skip();
        }

        return null;
    }

    private static List<string> Allowed(JsonSlice tools, ConversationRequest request)
    {
        var names = new List<string>();
        if (!tools.IsArray) return names;
        var reader = tools.Read();
        reader.Read();
        while (reader.NextElement())
        {
            var tool = JsonSlice.From(ref reader, tools.Bytes);
            if (tool.IsObject) names.Add(NameOf(ResponsesItem.From(tool), request));
        }

        return names;
    }

    private static string HostedKind(string type) => type switch
    {
        _ when type.StartsWith("web_search", StringComparison.Ordinal) => HostedTools.WebSearch,
        "code_interpreter" => HostedTools.CodeExecution,
        _ => type,
    };

    private static void ReadTool(JsonSlice raw, ConversationRequest request, string path, string? inNamespace, JsonSlice namespaceRaw, bool found)
    {
        string? type = null, name = null, label = null, execution = null;
        bool? strict = null;
        var deferred = found;
        int? maxUses = null;
        List<Extra>? unknown = null;
        JsonText description = default;
        JsonSlice parameters = default, format = default, filters = default, location = default, members = default, cache = default;
        var reader = raw.Read();
        reader.Read();
        while (reader.NextProperty())
        {
            var property = reader.GetString();
            reader.Read();
            switch (property)
            {
                case "type": type = reader.StringOrNull(); break;
                case "name": name = reader.StringOrNull(); break;
                case "server_label": label = reader.StringOrNull(); break;
                case "strict": strict = reader.BooleanOrNull(); break;
                case "max_uses": maxUses = reader.Int32OrNull(); break;
                case "description" when reader.TokenType == JsonTokenType.String: description = JsonText.From(ref reader, raw.Bytes); break;
                case "parameters": parameters = Object(ref reader, raw); break;
                case "format": format = Object(ref reader, raw); break;
                case "filters": filters = Object(ref reader, raw); break;
                case "user_location": location = Object(ref reader, raw); break;
                case "cache_control": cache = Object(ref reader, raw); break;
                case "tools": members = JsonSlice.From(ref reader, raw.Bytes); break;
                // Chat's nested form; some clients send it here.
                case "function" when reader.TokenType == JsonTokenType.StartObject && name is null:
                    ReadTool(Flattened(JsonSlice.From(ref reader, raw.Bytes)), request, path, inNamespace, namespaceRaw, found);
                    return;
                default:
                    var value = JsonSlice.From(ref reader, raw.Bytes);
                    if (property == "defer_loading") deferred |= value.Bytes.Span.SequenceEqual("true"u8);
                    else if (property == "execution" && value.IsString) execution = ResponsesItem.TextOf(value).ToString();
                    ResponsesUnknown.Add(ref unknown, property!, value);
                    break;
            }
        }

        ResponsesUnknown.AddOf(ref unknown, filters, "filters.", "allowed_domains", "blocked_domains");
        ResponsesUnknown.AddOf(ref unknown, location, "user_location.", "type", "city", "country", "region", "timezone");
        ResponsesUnknown.AddOf(ref unknown, format, "format.", "type", "syntax", "definition");
        switch (type)
        {
            case "function":
            case "custom":
                if (string.IsNullOrEmpty(name)) throw WireException.Invalid($"'{path}' needs a 'name'.", $"{path}.name", "missing_required_parameter");
                request.Tools.Add(new()
                {
                    Kind = type == "custom" ? ToolKind.Custom : ToolKind.Function,
                    Name = inNamespace is null ? name : ResponsesNames.Flat(inNamespace, name),
                    Namespace = inNamespace,
                    Description = description,
                    Parameters = parameters,
                    Strict = strict,
                    Format = format,
                    Cache = ResponsesPartReader.ReadCache(cache),
                    IsDeferred = deferred,
                    IsFound = found,
                    Origin = Protocol.OpenAiResponses,
                    Raw = inNamespace is null ? raw : namespaceRaw,
                    Extras = unknown,
                });
                break;
            case "namespace" when members.IsArray && inNamespace is null && name is not null:
                ReadNamespace(raw, members, name, request, path, found);
                break;
            case "tool_search" when execution == "client":
                request.Tools.Add(new()
                {
                    Kind = ToolKind.Function,
                    Name = HostedTools.ToolSearch,
                    HostedKind = HostedTools.ToolSearch,
                    Description = description.IsEmpty ? JsonText.From("Searches for tools that are not loaded yet and loads those it finds.") : description,
                    Parameters = parameters.IsEmpty ? ToolSearch : parameters,
                    Origin = Protocol.OpenAiResponses,
                    Raw = raw,
                    Extras = unknown,
                });
                break;
            case "local_shell":
                request.Tools.Add(ClientRun(type, "Runs a shell command on the user's machine and gives its output.", LocalShell, raw));
                break;
            case "shell":
                request.Tools.Add(ClientRun(type, "Runs shell commands on the user's machine and gives their output.", Shell, raw));
                break;
            case "apply_patch":
                request.Tools.Add(ClientRun(type, "Creates, changes or deletes one file on the user's machine.", ApplyPatch, raw));
                break;
            case null:
                throw WireException.Invalid($"'{path}' needs a 'type'.", $"{path}.type", "missing_required_parameter");
            default:
                var kind = HostedKind(type);
                var search = kind == HostedTools.WebSearch;
                request.Tools.Add(new()
                {
                    Kind = ToolKind.Hosted,
                    Name = type == "mcp" ? label ?? type : kind,
                    HostedKind = kind,
                    AllowedDomains = search ? Domains(filters, "allowed_domains"u8) : null,
                    BlockedDomains = search ? Domains(filters, "blocked_domains"u8) : null,
                    UserLocation = search ? location : default,
                    MaxUses = maxUses,
                    Origin = Protocol.OpenAiResponses,
                    Raw = raw,
                    Extras = unknown,
                });
                break;
        }
    }

    private static void ReadNamespace(JsonSlice raw, JsonSlice members, string name, ConversationRequest request, string path, bool found)
    {
        // The first function carries the whole declaration, so that a target of the same protocol gets it back as it stood.
        var whole = raw;
        var reader = members.Read();
        reader.Read();
        for (var index = 0; reader.NextElement(); index++)
        {
            var member = JsonSlice.From(ref reader, members.Bytes);
            if (!member.IsObject) continue;
            var before = request.Tools.Count;
            ReadTool(member, request, $"{path}.tools[{index}]", name, whole, found);
            if (request.Tools.Count > before) whole = default;
        }
    }

    private static Tool ClientRun(string type, string description, JsonSlice parameters, JsonSlice raw) => new()
    {
        Kind = ToolKind.Function,
        Name = type,
        HostedKind = type,
        Description = JsonText.From(description),
        Parameters = parameters,
        Origin = Protocol.OpenAiResponses,
        Raw = raw,
    };

    private static JsonSlice Flattened(JsonSlice function)
    {
        var bytes = new byte[function.Bytes.Length + 18];
        "{\"type\":\"function\""u8.CopyTo(bytes);
        var inner = function.Bytes.Span[1..];
        var empty = inner[..^1].IndexOfAnyExcept(" \t\r\n"u8) < 0;
        bytes[18] = (byte)',';
        inner.CopyTo(bytes.AsSpan(19));
        return empty ? JsonSlice.Create("{\"type\":\"function\"}"u8) : new(bytes);
    }

    private static JsonSlice Object(ref Utf8TokenReader reader, JsonSlice source)
    {
        var value = JsonSlice.From(ref reader, source.Bytes);
        return value.IsObject ? value : default;
    }

    private static List<string>? Domains(JsonSlice filters, ReadOnlySpan<byte> property)
    {
        if (!filters.IsObject) return null;
        var reader = filters.Read();
        reader.Read();
        while (reader.NextProperty())
        {
            var wanted = reader.ValueTextEquals(property);
            reader.Read();
            if (!wanted || reader.TokenType != JsonTokenType.StartArray)
            {
                reader.Skip();
                continue;
            }

            var domains = new List<string>();
            while (reader.NextElement())
            {
                if (reader.StringOrNull() is { } domain) domains.Add(domain);
            }

            return domains.Count > 0 ? domains : null;
        }

        return null;
    }
}
