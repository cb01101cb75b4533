using System.Globalization;
using System.Text.Json;
using Dragoman.Wire.Conversation;

namespace Dragoman.Wire.OpenAiResponses;

/// <summary>How hard to reason, in the words that the model takes.</summary>
internal static class ResponsesReasoning
{
    /// <summary>Writes <c>reasoning</c> where anything is asked. Says whether the model is one that reasons, so that its encrypted reasoning is worth asking for.</summary>
    public static bool Write(Utf8JsonWriter json, Exchange exchange)
    {
        var options = exchange.Request.Reasoning;
        var reasons = Reasons(exchange.Model);
        if (options is null) return reasons;
        var asked = options.Mode != ReasoningMode.Unspecified || options.Effort is not null || options.BudgetTokens is not null || options.Summary is not null
            || options.Visible == true;
        if (!asked)
        {
            WriteNested(json, exchange);
            return reasons;
        }

        if (exchange.Model.Reasoning == ReasoningStyle.None)
        {
            if (options.Mode != ReasoningMode.Off) exchange.Losses.Drop("reasoning", "the model does not reason on request");
            return false;
        }

        if (!reasons && options.Mode == ReasoningMode.Off) return false;
        var same = exchange.Request.Source == Language.OpenAiResponses;
        var effort = same ? options.Effort : Effort(options, exchange);
        var summary = options.Summary ?? (!same && WantsToRead(options, exchange.Request) ? "auto" : null);
        // An answer without reasoning has nothing to sum up.
        if (effort == "none" && !same) summary = null;
        if (effort is null && summary is null && !exchange.Request.Extras.Exists(extra => extra.Name.StartsWith("reasoning.", StringComparison.Ordinal)))
            return true;
        json.WriteStartObject("reasoning"u8);
        if (effort is not null) json.WriteString("effort"u8, effort);
        if (summary is not null and not "none") json.WriteString("summary"u8, summary);
        OpenAiResponsesRequestWriter.WriteNested(json, exchange.Request, "reasoning.");
        json.WriteEndObject();
        return true;
    }

    /// <summary>Whether the model refuses temperature and its like: OpenAI's reasoning models do, unless told not to reason.</summary>
    public static bool RefusesSampling(Exchange exchange) => IsOpenAiReasoner(exchange.Model.Id)
        && !(exchange.Request.Reasoning is { Mode: ReasoningMode.Off } && LeastEffort(exchange.Model.Id) == "none");

    private static void WriteNested(Utf8JsonWriter json, Exchange exchange)
    {
        if (!exchange.Request.Extras.Exists(extra => extra.Name.StartsWith("reasoning.", StringComparison.Ordinal))) return;
        json.WriteStartObject("reasoning"u8);
        OpenAiResponsesRequestWriter.WriteNested(json, exchange.Request, "reasoning.");
        json.WriteEndObject();
    }

    private static bool Reasons(UpstreamModel model) => model.Reasoning switch
    {
        ReasoningStyle.None => false,
        ReasoningStyle.Unknown => IsOpenAiReasoner(model.Id),
        _ => true,
    };

    private static bool IsOpenAiReasoner(string model)
    {
        var name = model[(model.LastIndexOf('/') + 1)..];
        if (name.Contains("chat", StringComparison.OrdinalIgnoreCase)) return false;
        return Version(name) >= 5 || name.Contains("codex", StringComparison.OrdinalIgnoreCase) || (name.Length > 1 && name[0] == 'o' && char.IsAsciiDigit(name[1]));
    }

    /// <summary>The number in <c>gpt-5.2-codex</c>; 0 for other names.</summary>
    private static double Version(string model)
    {
        const string Mark = "gpt-";
        var at = model.IndexOf(Mark, StringComparison.OrdinalIgnoreCase);
        if (at < 0) return 0;
        var rest = model.AsSpan(at + Mark.Length);
        var length = 0;
        while (length < rest.Length && (char.IsAsciiDigit(rest[length]) || rest[length] == '.')) length++;
        return double.TryParse(rest[..length].TrimEnd('.'), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var version) ? version : 0;
    }

    private static string? Effort(ReasoningOptions options, Exchange exchange)
    {
        var model = exchange.Model.Id;
        if (options.Mode == ReasoningMode.Off || options.Effort == "none")
        {
            var least = LeastEffort(model);
            if (least != "none") exchange.Losses.Approximate("reasoning", $"the model cannot be told not to reason; effort {least} instead");
            return least;
        }

        var wished = options.Effort ?? options.BudgetTokens switch
        {
            <= 512 => "minimal",
            <= 1024 => "low",
            <= 8192 => "medium",
            <= 24576 => "high",
            not null => "xhigh",
            null => options.Mode switch
            {
                ReasoningMode.Adaptive => "high",
                ReasoningMode.On => "medium",
                _ => null,
            },
        };
        if (options.Effort is null && options.BudgetTokens is not null) exchange.Losses.Approximate("reasoning.budget", $"told as effort {wished}");
        var given = Clamp(wished, model);
        if (given != wished) exchange.Losses.Approximate("reasoning.effort", $"{wished} is not an effort of this model; {given} instead");
        return given;
    }

    private static string? Clamp(string? effort, string model)
    {
        if (effort is null || !IsOpenAiReasoner(model)) return effort;
        var version = Version(model[(model.LastIndexOf('/') + 1)..]);
        return effort switch
        {
            "max" or "xhigh" when version < 5.2 && !model.Contains("codex-max", StringComparison.OrdinalIgnoreCase) => "high",
            "max" => version >= 5.6 ? "max" : "xhigh",
            "minimal" when LeastEffort(model) != "minimal" => "low",
            _ => effort,
        };
    }

    private static string LeastEffort(string model)
    {
        var name = model[(model.LastIndexOf('/') + 1)..];
        if (!IsOpenAiReasoner(name)) return "none";
        if (name.Contains("codex", StringComparison.OrdinalIgnoreCase) || name.Contains("-pro", StringComparison.OrdinalIgnoreCase)) return "low";
        var version = Version(name);
        return version >= 5.1 ? "none" : version >= 5 ? "minimal" : "low";
    }

    private static bool WantsToRead(ReasoningOptions options, ConversationRequest request)
        => options.Visible ?? (request.Source == Language.AnthropicMessages && options.Mode is ReasoningMode.On or ReasoningMode.Adaptive);
}
