using System.Text.Json;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Json;

namespace Dragoman.Protocols.OpenAiChat.Upstream;

/// <summary>
/// Marks for the prompt cache in a body that passes: Claude's <c>cache_control</c>, which some clients set by the name that they know the model by (OpenCode does for every "claude"). Servers that cache by themselves
/// refuse it, OpenAI among them ("Unknown parameter"): there it is cut out, and no other byte changes.
/// </summary>
internal static class ChatCacheMarks
{
    private static readonly Loss Loss = new(LossKind.Dropped, "cache_control", "the server caches prompts by itself and may refuse the mark");

    private enum Place
    {
        Body,
        Item,
        Part,
    }

    private static ReadOnlySpan<byte> Mark => "cache_control"u8;

    /// <summary>Adds the cuts to the changes of a body.</summary>
    public static void Cut(in PassthroughBody body, ref BodyEdits edits)
    {
        if (body.Bytes.IndexOf(Mark) < 0 || new ChatDialect(body.Model).PassesCacheControl) return;
        var cuts = new List<(Range, byte[])>();
        try
        {
            var reader = new Utf8TokenReader(body.Bytes, JsonReading.Options);
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) return;
            InObject(ref reader, body.Bytes, Place.Body, cuts);
        }
        catch (JsonException)
        {
            // What is no JSON passes as it is: it is the upstream's to refuse.
            return;
        }

        if (cuts.Count == 0) return;
        edits.Add(cuts);
        edits.Report(Loss);
    }

    private static void InObject(ref Utf8TokenReader reader, ReadOnlySpan<byte> body, Place place, List<(Range, byte[])> cuts)
    {
        var (hasKept, end) = (false, 0);
        while (reader.NextProperty())
        {
            var start = (int)reader.TokenStartIndex;
            var isMark = reader.ValueTextEquals(Mark);
            var holds = place switch
            {
                Place.Body => reader.ValueTextEquals("messages"u8) || reader.ValueTextEquals("tools"u8),
                Place.Item => reader.ValueTextEquals("content"u8),
                _ => false,
            };
            reader.Read();
            if (holds && reader.TokenType == JsonTokenType.StartArray) InArray(ref reader, body, place + 1, cuts);
            else reader.Skip();
            var before = end;
            end = (int)reader.BytesConsumed;
            if (isMark) cuts.Add((hasKept ? before..end : start..BehindComma(body, end), []));
            else hasKept = true;
        }
    }

    private static void InArray(ref Utf8TokenReader reader, ReadOnlySpan<byte> body, Place place, List<(Range, byte[])> cuts)
    {
        while (reader.NextElement())
        {
            if (reader.TokenType == JsonTokenType.StartObject) InObject(ref reader, body, place, cuts);
            else reader.Skip();
        }
    }

    /// <summary>The place behind the comma that follows; the same place where none does.</summary>
    private static int BehindComma(ReadOnlySpan<byte> body, int at)
    {
        var rest = body[at..].TrimStart(" \t\r\n"u8);
        return rest is [(byte)',', ..] ? body.Length - rest.Length + 1 : at;
    }
}
