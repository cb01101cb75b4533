using System.Text;
using Dragoman.Gateway.Persistence;
using Dragoman.Protocols.Conversation;

namespace Dragoman.Gateway.Flows;

/// <summary>The glimpse of a flow for lists, and the words it is found by, both out of bodies that are redacted already.</summary>
internal static class FlowText
{
    private const int LongestPreview = 200;
    private const int LongestTurn = 4_000;
    private const int LongestWords = 8_000;

    public static (string Preview, string Search) Extract(FlowRecord flow, IReadOnlyList<FlowBody> bodies, RequestTarget target)
    {
        _ = target;
        var asked = bodies.FirstOrDefault(body => body.Kind == FlowBodyKind.ClientRequest);
        var answered = bodies.LastOrDefault(body => body.Kind == FlowBodyKind.ClientAnswer);
        if (answered is { Content.Length: 0 }) answered = bodies.LastOrDefault(body => body.Kind == FlowBodyKind.UpstreamAnswer && body.Attempt == answered.Attempt);
        var last = asked is null ? "" : LastTurn(FlowReading.Request(flow, asked.Content));
        var prompt = asked is null ? "" : JsonMemberPatterns.Create(asked.Content.Span, ' ', LongestWords, fromEnd: true);
        var answer = answered is null ? "" : JsonMemberPatterns.Create(answered.Content.Span, Separator(answered), LongestWords, fromEnd: false);
        var glimpse = last.Length > 0 ? last : prompt.Length > LongestPreview ? prompt[^LongestPreview..] : prompt;
        return (OnOneLine(glimpse, LongestPreview), $"{Head(last, LongestTurn)}\n{answer}\n{prompt}");
    }

    /// <summary>The pieces of a stream are parts of words.</summary>
    private static char? Separator(FlowBody body) => body.ContentType.StartsWith("text/event-stream", StringComparison.Ordinal) ? null : ' ';

    /// <summary>What the user said last. Agents put notes of their own into the same turn; those come in tags, and the user's words after them.</summary>
    private static string LastTurn(ConversationRequest? request)
    {
        if (request is null) return "";
        for (var place = request.Turns.Count - 1; place >= 0; place--)
        {
            if (request.Turns[place].Role != Role.User) continue;
            var texts = request.Turns[place].Blocks.OfType<TextBlock>().Select(block => block.Text.ToString()).Where(text => !string.IsNullOrWhiteSpace(text)).ToList();
            var own = texts.FindLast(text => !text.StartsWith("<system-reminder>", StringComparison.Ordinal));
            if (own is not null) return own;
            if (FlowReading.TextOf(request.Turns[place].Blocks) is { Length: > 0 } result) return result;
        }

        return "";
    }

    private static string OnOneLine(string text, int longest)
    {
        var line = new StringBuilder(longest);
        foreach (var c in text)
        {
            if (line.Length >= longest) return line.Append('…').ToString();
            if (!char.IsWhiteSpace(c) && !char.IsControl(c)) line.Append(c);
            else if (line.Length > 0 && line[^1] != ' ') line.Append(' ');
        }

        return line.ToString().TrimEnd();
    }

    private static string Head(string text, int longest) => text.Length <= longest ? text : text[..longest];
}
