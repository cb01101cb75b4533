using System.Text;
using System.Text.Json;
using Dragoman.Gateway.Flows;
using Dragoman.Gateway.Persistence;
using Dragoman.Gateway.Pipeline;
using Dragoman.Gateway.Requests;
using Dragoman.Management.Audit;
using Dragoman.Management.Hosting;
using Dragoman.Protocols;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Json;
using Dragoman.Protocols.Registry;

namespace Dragoman.Management.Flows;

/// <summary>Sends a recorded request the way a client's goes: routed, metered, priced and recorded, as nobody's key.</summary>
public sealed class FlowReplay(FlowLookup lookup, IFlowStore flows, FlowRecorder recorder, RequestPipeline pipeline, IGatewayProcess process, AuditTrail audit, TimeProvider time)
{
    /// <summary>Sends it again, and compares the answers. It costs what a request costs.</summary>
    /// <param name="id">The flow, by its id or the request id that clients show.</param>
    /// <param name="input">What shall be different.</param>
    /// <param name="actor">Who asks.</param>
    /// <param name="cancellationToken">Ends the request.</param>
    public Task<ManagementResult<ReplayView>> RunAsync(string id, ReplayInput input, Actor actor, CancellationToken cancellationToken) => StoreCalls.RunAsync<ReplayView>(async () =>
    {
        ArgumentNullException.ThrowIfNull(input);
        if (await lookup.FindAsync(id, cancellationToken) is not { } flow) return FlowLookup.Missing(id);
        var bodies = await FlowBodies.ReadAsync(flows, flow.Id, cancellationToken);
        var recorded = bodies.FirstOrDefault(body => body.Kind == FlowBodyKind.ClientRequest);
        if (Obstacle(flow, recorded) is { } error) return error;
        var request = RequestOf(flow, recorded!, input);
        using var channel = new MemoryChannel();
        // Not under the caller's token alone: a stop ends it too.
        using var gone = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, process.Stopping);
        await pipeline.HandleAsync(request, channel, gone.Token);
        if (cancellationToken.IsCancellationRequested) return ManagementError.Conflict("The replay was stopped.", "stopped");
        var fresh = await lookup.FindAsync(request.FlowId, cancellationToken);
        if (fresh is null) return ManagementError.Conflict("The replay ran, but its flow could not be stored.", "not_recorded", "Look at the problem that the totals of flows name.");
        var original = SideOf(flow, bodies.LastOrDefault(body => body.Kind == FlowBodyKind.ClientAnswer));
        var replayed = SideOf(fresh, channel);
        await audit.RecordAsync(actor, "flow.replay", flow.Id, AuditTrail.Done, $"as {fresh.Id}");
        return new ReplayView(original, replayed, Differences(original, replayed));
    });

    private static ManagementError? Obstacle(FlowRecord flow, FlowBody? recorded)
    {
        if (recorded is null) return No("its request was not recorded. Requests are recorded with flows.mode: full", "body_not_recorded");
        var notes = BodyAnnotations.Split(recorded).Notes;
        if (notes.IsCut) return No($"only {recorded.Content.Length} of its {recorded.Length} bytes were kept. Raise flows.max-body-kb", "body_cut");
        if (notes.IsRedacted) return No("something in it looked like a secret and was masked; it would not be the same request", "body_redacted");
        if (notes.LacksMedia) return No("images or files in it were not kept", "body_lacks_media");
        return ProtocolRegistry.FromName(flow.ClientProtocol) is null ? No($"its protocol '{flow.ClientProtocol}' is unknown", "unknown_protocol") : null;

        ManagementError No(string why, string code) => ManagementError.Conflict($"The flow '{flow.Id}' cannot be replayed: {why}.", code);
    }

    private ClientRequest RequestOf(FlowRecord flow, FlowBody recorded, ReplayInput input)
    {
        var protocol = ProtocolRegistry.Client(ProtocolRegistry.FromName(flow.ClientProtocol)!.Value);
        var stream = input.Stream ?? flow.Stream;
        var model = string.IsNullOrWhiteSpace(input.Model) ? flow.RequestedModel : input.Model;
        var named = ProtocolRegistry.Traits(protocol.Protocol).NamesModelInAddress;
        var body = named ? recorded.Content : Adapted(recorded.Content, model, stream, stream != flow.Stream);
        return new ClientRequest
        {
            ClientProtocol = protocol,
            Body = body,
            Head = RequestEnvelope.Read(body.Span),
            Target = named ? new RequestTarget(model, stream) : default,
            Model = model,
            Stream = stream,
            FlowId = FlowId.New(time),
            Origin = new RequestOrigin($"replay of {flow.Id}"),
            Pin = string.IsNullOrWhiteSpace(input.Account) ? null : new AccountPin(input.Account, Force: false),
            UserAgent = "dragoman-replay",
            Capture = recorder.Begin(FlowMode.Full),
            FlowTags = [$"replay:{flow.Id}"],
        };
    }

    /// <summary>The body with the model and the form that are asked for now.</summary>
    private static ReadOnlyMemory<byte> Adapted(ReadOnlyMemory<byte> body, string model, bool stream, bool otherForm)
    {
        using var buffer = new PooledBuffer(body.Length + 64);
        var name = JsonSlice.Parse(JsonSerializer.Serialize(model, ManagementJson.Options));
        (string, JsonSlice)[] changes = otherForm
            ? [("model", name), ("stream", stream ? JsonSlice.Create("true"u8) : default), ("stream_options", default)]
            : [("model", name)];
        JsonObjectPatch.Write(new JsonSlice(body), changes, buffer);
        return buffer.WrittenSpan.ToArray();
    }

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
