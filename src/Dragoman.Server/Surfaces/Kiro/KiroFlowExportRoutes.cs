using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Dragoman.Server.Surfaces.Abstractions;

namespace Dragoman.Server.Surfaces.Kiro;

/// <summary><c>/api/flows/export</c>: flows as one text in an answer (wire note A.6): summaries as JSON, whole ones as lines of JSON, a single one as Markdown.</summary>
internal sealed class KiroFlowExportRoutes(KiroFlows flows) : IKiroRoutes
{
    private const int MostOfMessage = 500;
    private const int MostOfAnswer = 2_000;
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private static readonly JsonSerializerOptions Line = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public void Map(SurfaceRoutes routes) => routes.Post("/api/flows/export", "Flows to take away: `json`, `jsonl`, or `markdown` for a single one.", ExportAsync);

    private async Task<SurfaceAnswer> ExportAsync(SurfaceCall call)
    {
        var body = await call.BodyAsync();
        var format = body.Text("format") ?? "json";
        var newest = await flows.NewestAsync(call.CancellationToken);
        if (!newest.Succeeded) return DetailErrors.From(newest.Error);
        var wanted = (body["flow_ids"] as JsonArray)?.Select(static id => id?.ToString() ?? "").ToHashSet(StringComparer.Ordinal);
        var shapes = new List<KiroFlowShape>();
        foreach (var flow in newest.Value.Reverse())
            if (wanted is not { Count: > 0 } || wanted.Contains(flow.Id)) shapes.Add(await flows.WithTextAsync(flow, call.CancellationToken));
        var content = format switch
        {
            "jsonl" => string.Join('\n', shapes.Select(static shape => shape.Detail().ToJsonString(Line))),
            "markdown" when shapes is [var only] => Markdown(only),
            _ => new JsonArray([.. shapes.Select(static shape => (JsonNode)shape.Summary())]).ToJsonString(Indented),
        };
        return SurfaceAnswer.Json(new JsonObject { ["content"] = content, ["format"] = format });
    }

    private static string Markdown(KiroFlowShape shape)
    {
        var (flow, said) = (shape.Flow, shape.Text);
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"# Flow {flow.Id}\n\n- **Protocol**: {KiroFlowShape.ProtocolOf(flow)}\n- **State**: {(KiroFlowShape.IsError(flow) ? "error" : "completed")}\n");
        text.Append(CultureInfo.InvariantCulture, $"- **Account**: {(flow.Account.Length == 0 ? "none" : flow.Account)}\n- **Created**: {KiroAnswers.Iso(flow.StartedAt)}\n- **Duration**: {flow.DurationMs:0} ms\n\n");
        text.Append(CultureInfo.InvariantCulture, $"## Request\n\n- **Model**: {flow.RequestedModel}\n- **Stream**: {(flow.Stream ? "yes" : "no")}\n- **Messages**: {said.Messages.Count}\n\n");
        if (said.System is { } system) text.Append("### System\n\n").Append(Fence(KiroFlowText.TextOf(system)));
        foreach (var message in said.Messages) text.Append(CultureInfo.InvariantCulture, $"**{message["role"]}**: {Cut(KiroFlowText.TextOf(message["content"]), MostOfMessage)}\n\n");
        if (!KiroFlowShape.IsError(flow))
        {
            text.Append(CultureInfo.InvariantCulture, $"## Response\n\n- **Status**: {flow.Status}\n- **Stop reason**: {said.StopReason ?? "none"}\n- **Tokens**: {flow.Usage?.Input ?? 0} in, {flow.Usage?.Output ?? 0} out\n\n");
            text.Append(Fence(Cut(said.Content, MostOfAnswer)));
        }
        else text.Append(CultureInfo.InvariantCulture, $"## Error\n\n- **Status**: {flow.Status}\n- **Message**: {flow.Error}\n");
        return text.ToString();
    }

    private static string Fence(string text) => $"```\n{text}\n```\n\n";

    private static string Cut(string text, int most) => text.Length <= most ? text : text[..most];
}
