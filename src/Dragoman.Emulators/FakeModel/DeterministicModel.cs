using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Dragoman.Emulators.Json;

namespace Dragoman.Emulators.FakeModel;

/// <summary>The model behind all families: it answers from the request alone, the same request always alike.</summary>
internal static class DeterministicModel
{
    /// <summary>Answers; <paramref name="ids"/> makes the n-th id of this answer.</summary>
    public static Answer Answer(UserPrompt question, Func<int, string> ids)
    {
        var orders = PromptCommands.Read(question.UserText);
        var pieces = new List<Piece>();
        if (question.Reasoning)
            pieces.Add(new ReasoningPiece(Reason(question, orders)));
        var calls = Calls(question, orders, ids);
        if (calls.Count > 0)
        {
            if (orders.CreateFile is not null || orders.ReadFile is not null || orders.RunCommand is not null)
                pieces.Add(new TextPiece("On it."));
            pieces.AddRange(question.Parallel ? calls : calls.Take(1));
        }
        else if (SearchQuery(question, orders) is { } query)
        {
            var slug = Uri.EscapeDataString(query.ToLowerInvariant().Replace(' ', '-'));
            SearchResult[] results = [new($"https://example.com/{slug}", $"About {query}"), new($"https://example.org/{slug}", $"More about {query}")];
            pieces.Add(new SearchPiece(ids(0), query, results));
            pieces.Add(new TextPiece($"The web says that {query} is well documented.", results));
        }
        else
        {
            pieces.Add(new TextPiece(Speak(question, orders)));
        }

        return Limit(pieces, question);
    }

    private static string Reason(UserPrompt question, PromptCommands orders) =>
        question.Outcomes.Count > 0
            ? $"{question.Outcomes.Count} tool results are in. I can answer from them."
            : $"The user wrote {orders.Text.Length} characters and offers {question.Tools.Count} tools. I shall do what is asked.";

    private static List<CallPiece> Calls(UserPrompt question, PromptCommands orders, Func<int, string> ids)
    {
        var calls = new List<CallPiece>();
        if (question.ToolsForbidden || question.Tools.Count == 0)
            return calls;
        if (question.Rounds < orders.Rounds.Count)
        {
            foreach (var order in orders.Rounds[question.Rounds])
            {
                if (question.Tools.FirstOrDefault(tool => tool.Name == order.Name && tool.Kind != ToolKind.WebSearch) is { } tool)
                    calls.Add(new CallPiece(ids(calls.Count), tool.Name, tool.Kind, order.Input));
            }
        }

        var found = calls.Count == 0 && question.Rounds == 0 ? Agent(question, orders) : null;
        if (found is null && calls.Count == 0 && (question.ForcedTool is not null || (question.ToolsRequired && question.Outcomes.Count == 0)))
        {
            var tool = question.Tools.FirstOrDefault(tool =>
                tool.Kind is ToolKind.Function or ToolKind.Custom && (question.ForcedTool is null || tool.Name == question.ForcedTool));
            if (tool is not null)
                found = (tool, tool.Kind == ToolKind.Custom ? "example" : JsonExtensions.Text(SchemaSample.For(tool.Schema)));
        }

        if (found is { } call)
            calls.Add(new CallPiece(ids(0), call.Tool.Name, call.Tool.Kind, call.Input));
        return calls;
    }

    private static (ToolOffer Tool, string Input)? Agent(UserPrompt question, PromptCommands orders) => orders switch
    {
        { CreateFile: { } file } => AgentTools.Write(question.Tools, file.Path, file.Content),
        { RunCommand: { } command } => AgentTools.Run(question.Tools, command),
        { ReadFile: { } path } => AgentTools.Read(question.Tools, path),
        _ => null,
    };

    private static string? SearchQuery(UserPrompt question, PromptCommands orders)
    {
        if (question.Tools.All(tool => tool.Kind != ToolKind.WebSearch) || question.Outcomes.Count > 0)
            return null;
        if (orders.Search is not null)
            return orders.Search;
        const string claudeCode = "Perform a web search for the query: ";
        if (orders.Text.StartsWith(claudeCode, StringComparison.Ordinal))
            return orders.Text[claudeCode.Length..];
        return question.ForcedTool is { } forced && question.Tools.Exists(tool => tool.Kind == ToolKind.WebSearch && tool.Name == forced) ? orders.Text : null;
    }

    private static string Speak(UserPrompt question, PromptCommands orders)
    {
        if (question.OutputSchema is not null)
            return JsonExtensions.Text(SchemaSample.For(question.OutputSchema));
        if (question.WantsJson)
            return JsonExtensions.Text(new JsonObject { ["echo"] = orders.Text });
        if (question.Outcomes.Count > 0)
            return Report(question, orders);
        if (orders.Say is not null)
            return orders.Say;
        if (orders.Words is { } words)
            return string.Join(' ', Enumerable.Range(1, words).Select(number => "word" + number.ToString(CultureInfo.InvariantCulture)));
        var text = new StringBuilder();
        foreach (var shown in question.Attachments)
        {
            text.Append(shown.Data is { } data
                ? $"I see {shown.MediaType} of {data.Length} bytes (sha256 {SignatureIssuer.Digest(data)}). "
                : $"I see {shown.MediaType} at {shown.Reference}. ");
        }

        return text.Append(orders.Text.Length == 0 ? "You said nothing." : $"You said: {orders.Text}").ToString();
    }

    private static string Report(UserPrompt question, PromptCommands orders)
    {
        var text = new StringBuilder();
        if (orders.CreateFile is { } file && question.Outcomes.TrueForAll(outcome => !outcome.IsError))
            text.Append($"Done: {file.Path} is written. ");
        foreach (var outcome in question.Outcomes)
        {
            var quoted = outcome.Text.Length > 400 ? outcome.Text[..400] + "…" : outcome.Text;
            text.Append(outcome.IsError ? $"{outcome.Name} failed: {quoted}\n" : $"{outcome.Name} answered: {quoted}\n");
        }

        foreach (var shown in question.Attachments)
        {
            if (shown.Data is { } data)
                text.Append($"I see {shown.MediaType} of {data.Length} bytes (sha256 {SignatureIssuer.Digest(data)}).\n");
        }

        return text.ToString().TrimEnd();
    }

    private static Answer Limit(List<Piece> pieces, UserPrompt question)
    {
        var ending = pieces.Exists(piece => piece is CallPiece) ? Ending.Calls : Ending.Stop;
        string? stop = null;
        var left = question.MaxTokens ?? int.MaxValue;
        int used = 0, reasoning = 0;
        var kept = new List<Piece>();
        foreach (var piece in pieces)
        {
            if (left <= 0)
            {
                ending = Ending.Length;
                break;
            }

            var (fitted, cost, over) = Fit(piece, left);
            if (fitted is TextPiece text && Earliest(text.Text, question.Stops) is { At: >= 0 } hit)
            {
                (ending, stop, over) = (Ending.StopSequence, hit.Stop, true);
                fitted = hit.At == 0 ? null : text with { Text = text.Text[..hit.At] };
                cost = Tokens.Count(text.Text[..(hit.At + hit.Stop.Length)]);
            }
            else if (over)
            {
                ending = Ending.Length;
            }

            if (fitted is not null)
                kept.Add(fitted);
            used += cost;
            left -= cost;
            reasoning += piece is ReasoningPiece ? cost : 0;
            if (over)
                break;
        }

        return new Answer(kept, ending, stop, Math.Max(1, used), reasoning);
    }

    private static (Piece? Fitted, int Cost, bool Over) Fit(Piece piece, int left)
    {
        var cost = piece switch
        {
            ReasoningPiece thought => Tokens.Count(thought.Text),
            TextPiece text => Tokens.Count(text.Text),
            CallPiece call => Tokens.Count(call.Name) + Tokens.Count(call.Input),
            _ => 8,
        };
        if (cost <= left)
            return (piece, cost, false);
        // A call that does not fit is left out whole: half of one is of no use to anybody.
        return piece switch
        {
            ReasoningPiece thought => (new ReasoningPiece(Cut(thought.Text, left)), left, true),
            TextPiece text => (text with { Text = Cut(text.Text, left) }, left, true),
            _ => (null, left, true),
        };
    }

    private static string Cut(string text, int tokens)
    {
        var length = (int)Math.Min(text.Length, (long)tokens * Tokens.Bytes);
        if (length > 0 && length < text.Length && char.IsHighSurrogate(text[length - 1]))
            length--;
        return text[..length];
    }

    private static (int At, string Stop) Earliest(string text, List<string> stops)
    {
        var best = (At: -1, Stop: "");
        foreach (var stop in stops)
        {
            var at = text.IndexOf(stop, StringComparison.Ordinal);
            if (at >= 0 && (best.At < 0 || at < best.At))
                best = (at, stop);
        }

        return best;
    }
}
