using System.Text.Json;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Gemini.Shared;
using Dragoman.Protocols.JsonSchema;

namespace Dragoman.Protocols.Gemini.Upstream;

/// <summary>Writes <c>tools</c> and <c>toolConfig</c>.</summary>
internal static class GeminiToolWriter
{
    private const int LongestName = 64;

    /// <summary>The name a tool goes by upstream.</summary>
    public static string NameOf(TranslationContext exchange, string name)
    {
        var isBegun = name.Length == 0 || IsFirst(name[0]);
        return exchange.Tools.Upstream(name, IsAllowed, LongestName, IsFirst, taken: !isBegun && exchange.Request.FindTool("_" + name) is not null);
    }

    /// <summary>Whether any tool of the request is one that Gemini can be given.</summary>
    public static bool WritesAny(ConversationRequest request) => request.Tools.Exists(tool => tool.Kind != ToolKind.Hosted || NativeName(tool) is not null);

    /// <summary>Writes the tools; gives whether functions are among them.</summary>
    public static bool Write(Utf8JsonWriter writer, TranslationContext exchange)
    {
        var request = exchange.Request;
        if (request.Tools.Count == 0) return false;
        var functions = request.Tools.Exists(tool => tool.Kind != ToolKind.Hosted);
        var native = request.Source == Protocol.Gemini;
        var hosted = new List<(string Name, Tool Tool)>();
        foreach (var tool in request.Tools)
        {
            if (tool.Kind != ToolKind.Hosted) continue;
            if (NativeName(tool) is not { } name) exchange.Losses.Drop($"tools.{tool.Name}", "Gemini has no such hosted tool");
            // Gemini 3 can mix them, but then wants back parts that no other client's protocol can keep.
            else if (functions && !native) exchange.Losses.Drop($"tools.{tool.Name}", "Gemini does not take hosted tools and functions in one request");
            else if (hosted.Exists(known => known.Name == name)) exchange.Losses.Drop($"tools.{tool.Name}", "declared twice");
            else hosted.Add((name, tool));
        }

        if (!functions && hosted.Count == 0) return false;
        writer.WriteStartArray("tools"u8);
        if (functions)
        {
            writer.WriteStartObject();
            writer.WriteStartArray("functionDeclarations"u8);
            for (var i = 0; i < request.Tools.Count; i++)
            {
                if (request.Tools[i].Kind != ToolKind.Hosted) WriteFunction(writer, exchange, request.Tools[i], i);
            }

            if (GeminiAnswerFormat.FunctionName(exchange) is { } answer) WriteAnswer(writer, exchange, answer);

            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        foreach (var (name, tool) in hosted)
        {
            writer.WriteStartObject();
            if (tool.Origin == Protocol.Gemini && !tool.Raw.IsEmpty)
            {
                writer.WritePropertyName(name);
                tool.Raw.WriteTo(writer);
            }
            else
            {
                writer.WriteStartObject(name);
                writer.WriteEndObject();
                ReportOptions(exchange.Losses, tool);
            }

            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        return functions;
    }

    private static void WriteFunction(Utf8JsonWriter writer, TranslationContext exchange, Tool tool, int index)
    {
        var name = NameOf(exchange, tool.Name);
        if (tool.Cache is not null) exchange.Losses.Drop("cache_control", "Gemini caches prompts of its own accord");
        if (tool.Origin == Protocol.Gemini && !tool.Raw.IsEmpty && name == tool.Name && !RootUnion.HasRootUnion(tool.Parameters))
        {
            tool.Raw.WriteTo(writer);
            return;
        }

        exchange.Losses.DropForeign(tool.Extras, Protocol.Gemini, $"tools[{index}]");
        if (tool.Strict == true) exchange.Losses.Drop("tools.strict", "Gemini has no strict functions");
        writer.WriteStartObject();
        writer.WriteString("name"u8, name);
        if (!tool.Description.IsEmpty) tool.Description.WriteTo(writer, "description"u8);
        if (tool.Kind == ToolKind.Custom)
        {
            exchange.Tools.Wrap(tool.Name);
            if (!tool.Format.IsEmpty) exchange.Losses.Approximate($"tools[{index}].format", "Gemini knows no free-text tools: the input is asked for as one string, its grammar is described and not enforced");
            writer.WritePropertyName("parametersJsonSchema"u8);
            WriteWrapped(writer, tool);
        }
        else if (!tool.Parameters.IsEmpty && !tool.Parameters.IsNull)
        {
            SchemaCleaner.Clean(tool.Parameters, SchemaDialect.Gemini, exchange.Losses, $"tools[{index}].parameters").WriteTo(writer, "parametersJsonSchema"u8);
        }

        foreach (var extra in tool.Extras ?? [])
        {
            if (extra.Protocol != Protocol.Gemini) continue;
            writer.WritePropertyName(extra.Name);
            extra.Value.WriteTo(writer);
        }

        writer.WriteEndObject();
    }

    /// <summary>Declares the function that stands for the answer.</summary>
    private static void WriteAnswer(Utf8JsonWriter writer, TranslationContext exchange, string name)
    {
        var format = exchange.Request.Output!;
        writer.WriteStartObject();
        writer.WriteString("name"u8, name);
        writer.WriteString("description"u8, format.Description is { Length: > 0 } description ? description : AnswerFormats.ToolDescription);
        SchemaCleaner.Clean(format.Schema, SchemaDialect.Gemini, exchange.Losses, "response_format.schema").WriteTo(writer, "parametersJsonSchema"u8);
        writer.WriteEndObject();
        exchange.Losses.Approximate("response_format", $"{exchange.Model.Id} takes no answer format beside functions: it is made to call a function of that shape");
    }

    private static void WriteWrapped(Utf8JsonWriter writer, Tool tool)
    {
        writer.WriteStartObject();
        writer.WriteString("type"u8, "object"u8);
        writer.WriteStartObject("properties"u8);
        writer.WriteStartObject(ToolNameMap.WrappedParameter);
        writer.WriteString("type"u8, "string"u8);
        writer.WriteString("description"u8, tool.Format.IsEmpty ? "The whole input of the tool, as plain text." : "The whole input of the tool, as plain text in this format: " + tool.Format);
        writer.WriteEndObject();
        writer.WriteEndObject();
        writer.WriteStartArray("required"u8);
        writer.WriteStringValue(ToolNameMap.WrappedParameter);
        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static string? NativeName(Tool tool) => tool.Origin == Protocol.Gemini ? tool.Name : tool.HostedKind switch
    {
        HostedTools.WebSearch => "googleSearch",
        HostedTools.WebFetch => "urlContext",
        HostedTools.CodeExecution => "codeExecution",
        _ => null,
    };

    private static void ReportOptions(Losses losses, Tool tool)
    {
        if (tool.AllowedDomains is not null) losses.Drop($"tools.{tool.Name}.allowed_domains", "Gemini's search knows no such limit");
        if (tool.BlockedDomains is not null) losses.Drop($"tools.{tool.Name}.blocked_domains", "Gemini's search knows no such limit");
        if (tool.MaxUses is not null) losses.Drop($"tools.{tool.Name}.max_uses", "Gemini decides how often it searches");
        if (!tool.UserLocation.IsEmpty) losses.Drop($"tools.{tool.Name}.user_location", "Gemini's search takes no place");
        losses.DropForeign(tool.Extras, Protocol.Gemini, $"tools.{tool.Name}");
    }

    /// <summary>Writes how free the model is in calling tools.</summary>
    public static void WriteConfig(Utf8JsonWriter writer, TranslationContext exchange, bool functions)
    {
        var request = exchange.Request;
        if (request.ParallelToolCalls == false && functions) exchange.Losses.Drop("parallel_tool_calls", "Gemini cannot be kept from calling several tools at once");
        const string Calling = GeminiToolReader.ConfigPrefix + "functionCallingConfig.";
        var choice = functions ? WithAnswer(exchange, request.ToolChoice) : null;
        if (choice is null && !GeminiRequestWriter.HasExtras(request, GeminiToolReader.ConfigPrefix)) return;
        writer.WriteStartObject("toolConfig"u8);
        if (choice is not null || GeminiRequestWriter.HasExtras(request, Calling))
        {
            writer.WriteStartObject("functionCallingConfig"u8);
            if (choice is not null && !GeminiRequestWriter.HasExtras(request, GeminiToolReader.ModeExtra))
            {
                writer.WriteString("mode"u8, choice.Mode switch
                {
                    ToolChoiceMode.None => "NONE"u8,
                    ToolChoiceMode.Auto => choice.Allowed is null && !choice.IsValidated ? "AUTO"u8 : "VALIDATED"u8,
                    _ => "ANY"u8,
                });
            }

            var names = choice is null ? null : choice.Mode == ToolChoiceMode.Named ? [choice.Name!] : choice.Allowed;
            if (names is not null)
            {
                writer.WriteStartArray("allowedFunctionNames"u8);
                foreach (var name in names) writer.WriteStringValue(NameOf(exchange, name));
                writer.WriteEndArray();
            }

            GeminiRequestWriter.WriteExtras(writer, request, Calling);
            writer.WriteEndObject();
        }

        GeminiRequestWriter.WriteExtras(writer, request, GeminiToolReader.ConfigPrefix);
        writer.WriteEndObject();
    }

    /// <summary>The choice among the client's functions and the one that stands for the answer: one of them must be called.</summary>
    private static ToolChoice? WithAnswer(TranslationContext exchange, ToolChoice? choice)
    {
        if (GeminiAnswerFormat.FunctionName(exchange) is not { } answer || choice is { Mode: ToolChoiceMode.Named }) return choice;
        if (choice is { Mode: ToolChoiceMode.None }) return new() { Mode = ToolChoiceMode.Named, Name = answer };
        return new() { Mode = ToolChoiceMode.Required, Allowed = choice?.Allowed is { } allowed ? [.. allowed, answer] : null };
    }

    private static bool IsFirst(char letter) => char.IsAsciiLetter(letter) || letter == '_';

    private static bool IsAllowed(char letter) => char.IsAsciiLetterOrDigit(letter) || letter is '_' or '.' or ':' or '-';
}
