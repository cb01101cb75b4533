using System.Text;
using Dragoman.Gateway.Flows;
using Dragoman.Gateway.Forwarding;
using Dragoman.Gateway.Forwarding.Attempts;
using Dragoman.Gateway.Persistence;
using Dragoman.Gateway.Pipeline;
using Dragoman.Gateway.Requests;
using Dragoman.Gateway.Routing;
using Dragoman.Protocols;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Json;
using Dragoman.Protocols.OpenAiResponses.Upstream;
using Dragoman.Protocols.Registry;
using Dragoman.Server.Http;
using Dragoman.Server.Lifetime;
using Dragoman.Server.Observability.Recording;

namespace Dragoman.Server.Management.Flows;

/// <summary>Sends a recorded request the way a client's goes: routed, metered, priced and recorded, as nobody's key.</summary>
internal sealed class FlowReplay(FlowLookup lookup, IFlowStore flows, GracefulShutdown shutdown, RequestRecorder recorder, TimeProvider time, FlowRecorder recordings, RequestPipeline pipeline, ForwardingServices forwarding, Dragoman.Gateway.Routing.Router router)
{
    public async Task<(ReplayView? View, ManagementError? Fault)> RunAsync(FlowRecord flow, ReplayInput input, CancellationToken cancellationToken)
    {
        var bodies = await FlowBodies.ReadAsync(flows, flow.Id, cancellationToken);
        var asked = bodies.FirstOrDefault(body => body.Kind == FlowBodyKind.ClientRequest);
        if (Obstacle(flow, asked) is { } fault) return (null, fault);
        var request = RequestOf(flow, asked!, input);
        using var channel = new MemoryChannel();
        // Not under the caller's token alone: a stop ends it too.
        using var gone = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, shutdown.Ended);
        var outcome = await recorder.RunAsync($"replay of {flow.Id}", request, token => ForwarderFor(input.Account).ForwardAsync(request, channel, token), gone.Token);
        if (outcome is null || cancellationToken.IsCancellationRequested) return (null, ManagementError.Conflict("The replay was stopped.", "stopped"));
        var fresh = await lookup.FindAsync(request.FlowId, cancellationToken);
        if (fresh is null) return (null, ManagementError.Conflict("The replay ran, but its flow could not be stored; see GET /api/v1/flows/totals.", "not_recorded"));
        var original = SideOf(flow, bodies.LastOrDefault(body => body.Kind == FlowBodyKind.ClientAnswer));
        var replayed = SideOf(fresh, channel);
        return (new ReplayView(original, replayed, Differences(original, replayed)), null);
    }

    private static ManagementError? Obstacle(FlowRecord flow, FlowBody? asked)
    {
        if (asked is null) return No("its request was not recorded. Requests are recorded with flows.mode: full", "body_not_recorded");
        var notes = BodyAnnotations.Split(asked).Notes;
        if (notes.IsCut) return No($"only {asked.Content.Length} of its {asked.Length} bytes were kept. Raise flows.max-body-kb", "body_cut");
        if (notes.IsRedacted) return No("something in it looked like a secret and was masked; it would not be the same request", "body_redacted");
        if (notes.LacksMedia) return No("images or files in it were not kept", "body_lacks_media");
        return ProtocolRegistry.FromName(flow.ClientProtocol) is null ? No($"its protocol '{flow.ClientProtocol}' is unknown", "unknown_protocol") : null;

        ManagementError No(string why, string code) => ManagementError.Conflict($"The flow '{flow.Id}' cannot be replayed: {why}.", code);
    }

    private ClientRequest RequestOf(FlowRecord flow, FlowBody asked, ReplayInput input)
    {
        var protocol = ProtocolRegistry.Client(ProtocolRegistry.FromName(flow.ClientProtocol)!.Value);
        var stream = input.Stream ?? flow.Stream;
        var model = string.IsNullOrWhiteSpace(input.Model) ? flow.RequestedModel : input.Model;
        var body = protocol.Protocol == Protocol.Gemini ? asked.Content : Adapted(asked.Content, model, stream, stream != flow.Stream);
        return new ClientRequest
        {
            ClientProtocol = protocol,
            Body = body,
            Head = RequestEnvelope.Read(body.Span),
            Target = protocol.Protocol == Protocol.Gemini ? new RequestTarget(model, stream) : default,
            Model = model,
            Stream = stream,
            FlowId = RequestIds.NewFlow(time),
            UserAgent = "dragoman-replay",
            Capture = recordings.Begin(Dragoman.Gateway.Requests.FlowMode.Full),
            FlowTags = [$"replay:{flow.Id}"],
        };
    }

    /// <summary>The body with the model and the form that are asked for now.</summary>
    private static ReadOnlyMemory<byte> Adapted(ReadOnlyMemory<byte> body, string model, bool stream, bool otherForm)
    {
        using var buffer = new PooledBuffer(body.Length + 64);
        var name = JsonSlice.Parse(System.Text.Json.JsonSerializer.Serialize(model, ManagementJson.Options));
        (string, JsonSlice)[] changes = otherForm
            ? [("model", name), ("stream", stream ? JsonSlice.Create("true"u8) : default), ("stream_options", default)]
            : [("model", name)];
        ResponsesJsonEditor.WriteChanged(new JsonSlice(body), changes, buffer);
        return buffer.WrittenSpan.ToArray();
    }

    private RequestPipeline ForwarderFor(string? account) => string.IsNullOrWhiteSpace(account) ? pipeline
        : pipeline.Over(new Forwarder(forwarding with { Router = new PinnedRouter(router, account) }));

    private static ReplaySide SideOf(FlowRecord flow, FlowBody? answered)
        => answered is null ? new ReplaySide(FlowView.From(flow), null, []) : SideOf(flow, BodyAnnotations.Split(answered).MediaType, answered.Content);

    private static ReplaySide SideOf(FlowRecord flow, MemoryChannel channel)
        => SideOf(flow, channel.MediaType, channel.Received);

    private static ReplaySide SideOf(FlowRecord flow, string mediaType, ReadOnlyMemory<byte> body)
    {
        if (flow.Status != 200) return new ReplaySide(FlowView.From(flow), null, []);
        var answer = FlowReading.Answer(ProtocolRegistry.FromName(flow.ClientProtocol)!.Value, mediaType, body);
        if (answer is null) return new ReplaySide(FlowView.From(flow), Encoding.UTF8.GetString(body.Span), []);
        return new ReplaySide(FlowView.From(flow), FlowReading.TextOf(answer.Blocks), [.. answer.Blocks.OfType<ToolCallBlock>().Select(call => new ReplayToolCall(call.Name, call.Arguments.ToString()))]);
    }

    private static List<string> Differences(ReplaySide one, ReplaySide other)
    {
        var found = new List<string>();
        Note("status", one.Flow.Status != other.Flow.Status);
        Note("model", one.Flow.Model != other.Flow.Model);
        Note("account", one.Flow.AccountId != other.Flow.AccountId);
        Note("text", one.Text != other.Text);
        Note("tool_calls", !one.ToolCalls.SequenceEqual(other.ToolCalls));
        Note("usage", one.Flow.Usage != other.Flow.Usage);
        Note("cost", one.Flow.Cost != other.Flow.Cost);
        return found;

        void Note(string what, bool differs)
        {
            if (differs) found.Add(what);
        }
    }
}
