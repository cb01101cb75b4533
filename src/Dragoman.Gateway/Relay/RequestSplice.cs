using System.Buffers;
using Dragoman.Wire.Conversation;
using Dragoman.Wire.Json;

namespace Dragoman.Gateway.Relay;

/// <summary>
/// Changes of a body that passes through the relay lane: the model's name, and for a Chat stream the wish for usage. All other bytes stay.
/// </summary>
internal static class RequestSplice
{
    /// <summary>Whether the relay asks for a usage chunk that the client did not ask for, and so has to keep it from the client.</summary>
    public static bool AddsUsage(ClientRequest request)
        => request.Language.Language == Language.OpenAiChat && request.Stream && !request.Head.IncludeUsage;

    /// <summary>Whether the body is changed at all: where it is not, the client's own memory is sent.</summary>
    public static bool Changes(ClientRequest request, string upstreamModel) => NewModel(request, upstreamModel) || AddsUsage(request);

    /// <summary>Writes the body to send.</summary>
    public static void Apply(ClientRequest request, string upstreamModel, PooledBuffer scratch)
    {
        var head = request.Head;
        var newModel = NewModel(request, upstreamModel);
        var usage = AddsUsage(request);
        var span = request.Body.Span;
        var at = 0;
        var hasOptions = !head.StreamOptionsValue.Equals(default);
        var modelFirst = !hasOptions || head.ModelValue.Start.Value < head.StreamOptionsValue.Start.Value;
        if (newModel && modelFirst) Replace(span, ref at, head.ModelValue, scratch, upstreamModel);
        if (usage && hasOptions) AddToOptions(span, ref at, head.StreamOptionsValue, scratch);
        if (newModel && !modelFirst) Replace(span, ref at, head.ModelValue, scratch, upstreamModel);
        if (usage && !hasOptions)
        {
            var end = span.LastIndexOf((byte)'}');
            scratch.Write(span[at..end]);
            scratch.Write(",\"stream_options\":{\"include_usage\":true}"u8);
            at = end;
        }

        scratch.Write(span[at..]);
    }

    private static bool NewModel(ClientRequest request, string upstreamModel) => request.Head.Model is { } asked && asked != upstreamModel;

    private static void Replace(ReadOnlySpan<byte> body, ref int at, Range value, PooledBuffer output, string model)
    {
        output.Write(body[at..value.Start.Value]);
        output.Write("\""u8);
        JsonText.From(model).AppendEscaped(output);
        output.Write("\""u8);
        at = value.End.Value;
    }

    private static void AddToOptions(ReadOnlySpan<byte> body, ref int at, Range value, PooledBuffer output)
    {
        output.Write(body[at..value.Start.Value]);
        at = value.End.Value;
        var options = body[value];
        if (options[0] != (byte)'{')
        {
            output.Write("{\"include_usage\":true}"u8);
            return;
        }

        // A repeated name is settled by its last value in every parser an upstream is likely to use; ours comes last.
        var end = options.LastIndexOf((byte)'}');
        output.Write(options[..end]);
        output.Write(options[1..end].IndexOfAnyExcept(" \t\r\n"u8) >= 0 ? ",\"include_usage\":true}"u8 : "\"include_usage\":true}"u8);
    }
}
