using System.Globalization;
using System.Text;
using Dragoman.Gateway.Flows;
using Dragoman.Gateway.Persistence;
using Dragoman.Protocols.Registry;

namespace Dragoman.Management.Flows.Export;

/// <summary>A transcript for people: the facts on top, then what was said, in order.</summary>
internal sealed class MarkdownExport : FlowExport
{
    public override string MediaType => "text/markdown; charset=utf-8";

    public override string Extension => "md";

    public override bool WantsBodies => true;

    public override async Task WriteAsync(Stream target, IAsyncEnumerable<ExportedFlow> flows, CancellationToken cancellationToken)
    {
        var first = true;
        await foreach (var flow in flows.WithCancellation(cancellationToken))
        {
            var text = new StringBuilder(first ? "" : "\n---\n\n");
            first = false;
            Write(text, flow);
            await target.WriteAsync(Encoding.UTF8.GetBytes(text.ToString()), cancellationToken);
        }
    }

    private static void Write(StringBuilder text, ExportedFlow exported)
    {
        var flow = exported.Flow;
        text.Append(CultureInfo.InvariantCulture, $"# Flow {flow.Id}\n\n");
        WriteFacts(text, flow);
        var asked = exported.Body(FlowBodyKind.ClientRequest);
        if (asked is null)
        {
            text.Append("\nBodies were not recorded (or were let go): there is no transcript.\n");
            return;
        }

        if (FlowReading.Request(flow, asked.Content) is { } request) TranscriptMarkdown.Write(text, request);
        else WriteRaw(text, "Request", asked);
        var answered = exported.Body(FlowBodyKind.ClientAnswer);
        if (answered is null) return;
        var protocol = ProtocolRegistry.FromName(flow.ClientProtocol);
        if (protocol is { } spoken && flow.Status == 200 && FlowReading.Answer(spoken, BodyAnnotations.Split(answered).MediaType, answered.Content) is { Blocks.Count: > 0 } answer)
        {
            TranscriptMarkdown.Write(text, answer);
        }
        else
        {
            WriteRaw(text, "Answer", answered);
        }
    }

    private static void WriteFacts(StringBuilder text, FlowRecord flow)
    {
        text.Append("| | |\n|---|---|\n");
        Row("Time", string.Create(CultureInfo.InvariantCulture, $"{flow.StartedAt:yyyy-MM-dd HH:mm:ss.fff} UTC, {flow.Duration.TotalMilliseconds:0} ms{(flow.FirstByte is { } byteAt ? $", first byte after {byteAt.TotalMilliseconds:0} ms" : "")}"));
        Row("Model", flow.Model.Length == 0 || flow.Model == flow.RequestedModel ? flow.RequestedModel : $"{flow.RequestedModel} → {flow.Model}");
        Row("Account", flow.AccountLabel.Length == 0 ? "" : $"{flow.AccountLabel} ({flow.Provider})");
        Row("Client", string.Join(", ", new[] { flow.UserAgent, flow.KeyName.Length > 0 ? $"key {flow.KeyName}" : "", flow.ClientProtocol }.Where(part => part.Length > 0)));
        Row("Status", $"{flow.Status}{(flow.ClientLeft ? ", the client left" : "")}{(flow.Error is null ? "" : $": {flow.Error}")}");
        Row("Usage", flow.InputTokens is null && flow.OutputTokens is null ? "" : string.Create(CultureInfo.InvariantCulture, $"{flow.InputTokens ?? 0} in ({flow.CachedTokens ?? 0} cached), {flow.OutputTokens ?? 0} out"));
        Row("Cost", flow.Cost is { } cost ? string.Create(CultureInfo.InvariantCulture, $"${cost}") : "unknown");
        Row("Note", flow.Marks.Note ?? "");
        Row("Tags", string.Join(", ", flow.Marks.Tags ?? []));
        for (var i = 0; i < flow.Attempts.Count; i++)
        {
            var attempt = flow.Attempts[i];
            Row($"Attempt {i + 1}", string.Create(CultureInfo.InvariantCulture, $"{attempt.AccountLabel}, {attempt.Model}: {attempt.Outcome} ({attempt.Duration.TotalMilliseconds:0} ms){(attempt.Reason.Length > 0 ? $"; {attempt.Reason}" : "")}"));
        }

        foreach (var loss in flow.Losses) Row("Loss", $"{loss.Path} {loss.Kind}: {loss.Reason}");

        void Row(string name, string value)
        {
            if (value.Length > 0) text.Append(CultureInfo.InvariantCulture, $"| {name} | {value.Replace("|", "\\|", StringComparison.Ordinal).ReplaceLineEndings(" ")} |\n");
        }
    }

    private static void WriteRaw(StringBuilder text, string what, FlowBody body)
    {
        text.Append(CultureInfo.InvariantCulture, $"\n## {what}, as recorded\n\n");
        TranscriptMarkdown.Fence(text, "", Encoding.UTF8.GetString(body.Content.Span));
    }
}
