using System.Text.Json;
using Dragoman.Wire.Conversation;

namespace Dragoman.Gateway.Relay;

/// <summary>The few facts of a request body that routing needs, found by one forward skim.</summary>
public sealed class RequestHead
{
    /// <summary>The model named in the body, or null.</summary>
    public string? Model { get; private set; }

    /// <summary>Where the model's value (quotes included) stands in the body; empty when it is not there.</summary>
    public Range ModelValue { get; private set; }

    /// <summary>Whether <c>stream</c> is <c>true</c>.</summary>
    public bool Stream { get; private set; }

    /// <summary>Chat's <c>stream_options</c>: where its value stands; empty when it is not there.</summary>
    public Range StreamOptionsValue { get; private set; }

    /// <summary>Whether <c>stream_options.include_usage</c> is true.</summary>
    public bool IncludeUsage { get; private set; }

    /// <summary><c>prompt_cache_key</c>, or null.</summary>
    public string? PromptCacheKey { get; private set; }

    /// <summary><c>previous_response_id</c>, or null.</summary>
    public string? PreviousResponseId { get; private set; }

    /// <summary>Whether the body names a <c>conversation</c> (Responses).</summary>
    public bool HasConversation { get; private set; }

    /// <summary><c>metadata.user_id</c> (Messages), or null.</summary>
    public string? MetadataUserId { get; private set; }

    /// <summary>Whether <c>background</c> is <c>true</c> (Responses).</summary>
    public bool Background { get; private set; }

    /// <summary>Whether <c>store</c> is <c>false</c> (Responses).</summary>
    public bool StoreOff { get; private set; }

    /// <summary>Whether the body names a <c>messages</c> array.</summary>
    public bool HasMessages { get; private set; }

    /// <summary>The most tokens of output asked for (<c>max_tokens</c>, <c>max_completion_tokens</c>, <c>max_output_tokens</c>, <c>maxOutputTokens</c>), or null.</summary>
    public long? MaxOutput { get; private set; }

    /// <summary>Where the system text stands (<c>system</c>, <c>instructions</c>, <c>systemInstruction</c>), for the session's hash.</summary>
    public Range SystemValue { get; private set; }

    /// <summary>Where <c>tool_choice</c> stands; empty when it is not there.</summary>
    public Range ToolChoiceValue { get; private set; }

    /// <summary>Where the conversation stands (<c>messages</c>, <c>input</c>, <c>contents</c>), for the session's hash.</summary>
    public Range TurnsValue { get; private set; }

    /// <summary>Skims a body.</summary>
    /// <exception cref="WireException">The body is not a JSON object, or nests deeper than <see cref="JsonSkim.MaxDepth"/>.</exception>
    public static RequestHead Read(ReadOnlySpan<byte> body)
    {
        var head = new RequestHead();
        var skim = new JsonSkim(body);
        while (skim.Next())
        {
            if (skim.Name.Length is < 4 or > 21) continue;
            head.Take(ref skim);
        }

        if (skim.TooDeep) throw WireException.Invalid($"The request body nests deeper than {JsonSkim.MaxDepth} levels.", code: "body_too_deep");
        if (skim.Broken) throw WireException.Invalid(Explain(body), code: "invalid_json");
        return head;
    }

    private void Take(ref JsonSkim skim)
    {
        var value = skim.ValueStart..skim.ValueEnd;
        switch (skim.Name)
        {
            case var n when n.SequenceEqual("model"u8):
                Model = StringOf(skim.Value);
                if (Model is not null) ModelValue = value;
                break;
            case var n when n.SequenceEqual("stream"u8):
                Stream = skim.Value.SequenceEqual("true"u8);
                break;
            case var n when n.SequenceEqual("stream_options"u8):
                StreamOptionsValue = value;
                IncludeUsage = InObject(skim.Value, "include_usage"u8) is "true";
                break;
            case var n when n.SequenceEqual("prompt_cache_key"u8):
                PromptCacheKey = StringOf(skim.Value);
                break;
            case var n when n.SequenceEqual("previous_response_id"u8):
                PreviousResponseId = StringOf(skim.Value);
                break;
            case var n when n.SequenceEqual("conversation"u8):
                HasConversation = !skim.Value.SequenceEqual("null"u8);
                break;
            case var n when n.SequenceEqual("metadata"u8):
                MetadataUserId = InObject(skim.Value, "user_id"u8);
                break;
            case var n when n.SequenceEqual("background"u8):
                Background = skim.Value.SequenceEqual("true"u8);
                break;
            case var n when n.SequenceEqual("store"u8):
                StoreOff = skim.Value.SequenceEqual("false"u8);
                break;
            case var n when n.SequenceEqual("system"u8) || n.SequenceEqual("instructions"u8) || n.SequenceEqual("systemInstruction"u8):
                SystemValue = value;
                break;
            case var n when n.SequenceEqual("tool_choice"u8):
                ToolChoiceValue = value;
                break;
            case var n when n.SequenceEqual("max_tokens"u8) || n.SequenceEqual("max_completion_tokens"u8) || n.SequenceEqual("max_output_tokens"u8):
                MaxOutput = NumberOf(skim.Value) ?? MaxOutput;
                break;
            case var n when n.SequenceEqual("generationConfig"u8) || n.SequenceEqual("generation_config"u8):
                MaxOutput = MaxOutputOf(skim.Value) ?? MaxOutput;
                break;
            case var n when n.SequenceEqual("messages"u8):
                HasMessages = true;
                TurnsValue = value;
                break;
            case var n when n.SequenceEqual("input"u8) || n.SequenceEqual("contents"u8):
                TurnsValue = value;
                break;
        }
    }

    private static long? MaxOutputOf(ReadOnlySpan<byte> json)
    {
        if (json[0] != (byte)'{') return null;
        var skim = new JsonSkim(json);
        while (skim.Next())
        {
            if (skim.Name.SequenceEqual("maxOutputTokens"u8) || skim.Name.SequenceEqual("max_output_tokens"u8)) return NumberOf(skim.Value);
        }

        return null;
    }

    private static long? NumberOf(ReadOnlySpan<byte> value)
        => System.Buffers.Text.Utf8Parser.TryParse(value, out long number, out var read) && read == value.Length && number > 0 ? number : null;

    private static string? InObject(ReadOnlySpan<byte> json, ReadOnlySpan<byte> name)
    {
        if (json[0] != (byte)'{') return null;
        var skim = new JsonSkim(json);
        while (skim.Next())
        {
            if (skim.Name.SequenceEqual(name)) return StringOf(skim.Value) ?? System.Text.Encoding.UTF8.GetString(skim.Value);
        }

        return null;
    }

    private static string? StringOf(ReadOnlySpan<byte> value)
    {
        if (value.Length < 2 || value[0] != (byte)'"') return null;
        var plain = value[1..^1];
        if (plain.IndexOf((byte)'\\') < 0 && plain.IndexOfAnyInRange((byte)0, (byte)0x1F) < 0) return System.Text.Encoding.UTF8.GetString(plain);
        try
        {
            var reader = new Utf8JsonReader(value);
            return reader.Read() ? reader.GetString() : null;
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>What is wrong with a body as JSON, and where; null when nothing is. The slow way, for people, after something else has failed.</summary>
    internal static string? Fault(ReadOnlySpan<byte> body)
    {
        var words = Explain(body);
        return ReferenceEquals(words, Sound) ? null : words;
    }

    private const string Sound = "The request body is not valid JSON.";

    private static string Explain(ReadOnlySpan<byte> body)
    {
        if (body.IsEmpty) return "The request body is empty; a JSON object is expected.";
        try
        {
            var reader = new Utf8JsonReader(body, new JsonReaderOptions { MaxDepth = JsonSkim.MaxDepth + 8 });
            reader.Read();
            if (reader.TokenType != JsonTokenType.StartObject) return "The request body is not a JSON object.";
            while (reader.Read())
            {
            }

            return Sound;
        }
        catch (JsonException fault)
        {
            return $"The request body is not valid JSON (line {fault.LineNumber + 1}, byte {fault.BytePositionInLine + 1}).";
        }
    }
}
