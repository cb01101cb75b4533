using System.Buffers;
using Dragoman.Gateway.Requests;
using Dragoman.Protocols;
using Dragoman.Protocols.AnthropicMessages.Shared;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Json;
using Dragoman.Protocols.OpenAiChat.Upstream;

namespace Dragoman.Gateway.Forwarding;

/// <summary>
/// Changes of a body that passes through the relay lane: the model's name, for a Chat stream the wish for usage, a tool choice that no upstream
/// of the language takes, Claude Code's attribution line where the host is not Anthropic, and the reasoning that some makers demand back
/// (<see cref="ChatDemandedReasoning"/>). All other bytes stay.
/// </summary>
internal readonly struct RequestBodyPatcher
{
    private readonly List<(Range Place, byte[] Bytes)>? _edits;

    private RequestBodyPatcher(List<(Range Place, byte[] Bytes)>? edits, Losses? losses)
    {
        _edits = edits;
        Losses = losses;
    }

    /// <summary>What the client is told of the changes; null where there is nothing to tell.</summary>
    public Losses? Losses { get; }

    /// <summary>Whether nothing changes: then the client's own memory is sent.</summary>
    public bool IsEmpty => _edits is null;

    /// <summary>Whether the relay asks for a usage chunk that the client did not ask for, and so has to keep it from the client.</summary>
    public static bool AddsUsage(ClientRequest request)
        => request.Language.Language == Protocol.OpenAiChat && request.Stream && !request.Head.IncludeUsage;

    /// <summary>The changes for an upstream.</summary>
    public static RequestBodyPatcher Of(ClientRequest request, UpstreamModel upstream, bool takesAttribution)
    {
        var head = request.Head;
        var body = request.Body.Span;
        var upstreamModel = upstream.Id;
        List<(Range, byte[])>? edits = null;
        Losses? losses = null;
        if (head.Model is { } asked && asked != upstreamModel) (edits ??= []).Add((head.ModelValue, Quoted(upstreamModel)));
        if (AddsUsage(request)) (edits ??= []).Add(Usage(body, head.StreamOptionsValue));
        if (Choice(request, body) is { } choice) (edits ??= []).Add((head.ToolChoiceValue, choice));
        if (!takesAttribution && request.Language.Language == Protocol.AnthropicMessages && !head.SystemValue.Equals(default)
            && AnthropicAttribution.Find(body, head.SystemValue) is var line && !line.Equals(default))
        {
            (edits ??= []).Add((line, []));
            (losses ??= new()).Add(AnthropicAttribution.Loss);
        }

        if (head.HasMessages && ChatDemandedReasoning.Find(request.Language.Language, body, head.TurnsValue, upstream) is { } reasoning)
        {
            (edits ??= []).AddRange(reasoning);
            (losses ??= new()).Add(ChatDemandedReasoning.Loss);
        }

        edits?.Sort(static (a, b) => a.Item1.Start.Value.CompareTo(b.Item1.Start.Value));
        return new RequestBodyPatcher(edits, losses);
    }

    /// <summary>Writes the body to send.</summary>
    public void Apply(ReadOnlySpan<byte> body, PooledBuffer scratch)
    {
        var at = 0;
        foreach (var (place, bytes) in _edits!)
        {
            scratch.Write(body[at..place.Start.Value]);
            scratch.Write(bytes);
            at = place.End.Value;
        }

        scratch.Write(body[at..]);
    }

    /// <summary>Copilot CLI's <c>validated</c> is Gemini's word: left to decide is what it means to all others, who refuse it.</summary>
    private static byte[]? Choice(ClientRequest request, ReadOnlySpan<byte> body)
    {
        var place = request.Head.ToolChoiceValue;
        if (place.Equals(default)) return null;
        var value = body[place];
        if (value.Length > 200 || value.IndexOf("\"validated\""u8) < 0) return null;
        var word = value[0] == (byte)'"' || (value[0] == (byte)'{' && Says(value));
        if (!word) return null;
        return request.Language.Language == Protocol.AnthropicMessages ? "{\"type\":\"auto\"}"u8.ToArray() : "\"auto\""u8.ToArray();
    }

    private static bool Says(ReadOnlySpan<byte> choice)
    {
        var skim = new TopLevelJsonScanner(choice);
        while (skim.Next())
        {
            if (skim.Name.SequenceEqual("type"u8)) return skim.Value.SequenceEqual("\"validated\""u8);
        }

        return false;
    }

    private static (Range Place, byte[] Bytes) Usage(ReadOnlySpan<byte> body, Range options)
    {
        if (options.Equals(default))
        {
            var end = body.LastIndexOf((byte)'}');
            return (end..end, ",\"stream_options\":{\"include_usage\":true}"u8.ToArray());
        }

        var value = body[options];
        if (value[0] != (byte)'{') return (options, "{\"include_usage\":true}"u8.ToArray());
        // A repeated name is settled by its last value in every parser an upstream is likely to use; ours comes last.
        var close = options.Start.Value + value.LastIndexOf((byte)'}');
        var empty = body[(options.Start.Value + 1)..close].IndexOfAnyExcept(" \t\r\n"u8) < 0;
        return (close..close, empty ? "\"include_usage\":true"u8.ToArray() : ",\"include_usage\":true"u8.ToArray());
    }

    private static byte[] Quoted(string text)
    {
        using var buffer = new PooledBuffer(text.Length + 8);
        buffer.Write("\""u8);
        JsonText.From(text).AppendEscaped(buffer);
        buffer.Write("\""u8);
        return buffer.WrittenSpan.ToArray();
    }
}
