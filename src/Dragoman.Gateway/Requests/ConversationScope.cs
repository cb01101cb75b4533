using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Json;

namespace Dragoman.Gateway.Requests;

/// <summary>
/// The conversation that kept reasoning belongs to, as the gateway can tell it: the client key, the session that the client names (a header,
/// <c>prompt_cache_key</c>, <c>metadata.user_id</c>), and how the conversation opens. All three must agree.
/// </summary>
/// <remarks>
/// <para>
/// The opening is the text of the first user turn, without white space, because clients join and trim texts; without cache marks and other
/// decoration, because those move from turn to turn; and without the reminders that a client puts before the user's words and writes anew
/// for every request (<c>&lt;system-reminder&gt;</c>). The system text does not count: clients put the date, the working folder and other moving facts there.
/// The session alone would not do: agents run several conversations in one session, and many clients name none.
/// </para>
/// <para>
/// Two conversations of one key and session that open with the same words are one to the gateway until they differ: a kept answer is then found only by a call
/// with the same name and arguments, or by the same text, at the same place among equal ones.
/// </para>
/// </remarks>
internal sealed class ConversationScope
{
    /// <summary>How much of the opening is read: enough to tell conversations apart.</summary>
    private const int MostOpening = 8 * 1024;

    private readonly ConversationRequest _conversation;

    private ConversationScope(string id, ConversationRequest conversation)
    {
        Id = id;
        _conversation = conversation;
    }

    /// <summary>What names it. The key's id stands in it as it is: nobody can make another key's by trying.</summary>
    public string Id { get; }

    /// <summary>The scope of a request. To be asked before the conversation is written for an upstream, which may change it.</summary>
    public static ConversationScope From(ClientRequest request)
    {
        var session = request.SessionHint is { } hint ? ContentHash.Compute(System.Text.Encoding.UTF8.GetBytes(hint)) : 0;
        return new ConversationScope($"{request.Client.KeyId}|{session:x16}|{OpeningOf(request.Conversation):x16}", request.Conversation);
    }

    /// <summary>Counts what the model has said so far, so that a new call or text gets its place among equal ones.</summary>
    public AnswerPlaces Count()
    {
        var places = new AnswerPlaces(Id);
        foreach (var turn in _conversation.Turns)
        {
            if (turn.Role != Role.Assistant) continue;
            var text = default(WhitespaceInsensitiveHash);
            foreach (var block in turn.Blocks)
            {
                if (block is ToolCallBlock call) places.Next(call.Id, ToolCallHash.Compute(call));
                else if (block is TextBlock words) text.Add(words.Text);
            }

            if (!text.IsEmpty) places.Next(text);
        }

        return places;
    }

    private static ulong OpeningOf(ConversationRequest conversation)
    {
        foreach (var turn in conversation.Turns)
        {
            if (turn.Role != Role.User) continue;
            var (words, all) = (default(WhitespaceInsensitiveHash), default(WhitespaceInsensitiveHash));
            var left = MostOpening;
            foreach (var block in turn.Blocks)
            {
                if (block is not TextBlock text || left <= 0) continue;
                var bytes = text.Text.ToUtf8().Span;
                bytes = bytes[..Math.Min(bytes.Length, left)];
                left -= bytes.Length;
                all.Add(bytes);
                if (!bytes.TrimStart(" \r\n\t"u8).StartsWith("<system-reminder>"u8)) words.Add(bytes);
            }

            if (!all.IsEmpty) return words.IsEmpty ? all.Value : words.Value;
        }

        return 0;
    }
}
