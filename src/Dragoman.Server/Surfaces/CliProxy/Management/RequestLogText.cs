using System.Globalization;
using System.Text;
using Dragoman.Gateway.Text;
using Dragoman.Management.Flows;

namespace Dragoman.Server.Surfaces.CliProxy.Management;

/// <summary>A recorded request as the text of a log file. Bodies are in it where they are recorded; secrets were taken out when they were.</summary>
internal sealed class RequestLogText(FlowArchive flows)
{
    private static readonly (string Kind, string Title)[] Bodies =
        [("client-request", "REQUEST BODY"), ("upstream-request", "API REQUEST"), ("upstream-answer", "API RESPONSE"), ("client-answer", "RESPONSE")];

    /// <summary>The file's name: <c>[error-]path-time-id.log</c>.</summary>
    public static string NameOf(FlowView flow, bool isError)
        => string.Create(CultureInfo.InvariantCulture, $"{(isError ? "error-" : "")}{EndpointNames.PathOf(flow.ClientProtocol).Trim('/').Replace('/', '-')}-{flow.StartedAt.UtcDateTime:yyyy-MM-dd'T'HHmmss}-{RequestIds.Of(flow.Id)}.log");

    /// <summary>The file's text.</summary>
    public async Task<string> WriteAsync(FlowView flow, CancellationToken cancellationToken)
    {
        var text = new StringBuilder();
        Section(text, "REQUEST INFO");
        Line(text, "URL", EndpointNames.PathOf(flow.ClientProtocol));
        Line(text, "Method", "POST");
        Line(text, "Timestamp", flow.StartedAt.UtcDateTime.ToString("O", CultureInfo.InvariantCulture));
        Line(text, "Request ID", flow.Id);
        Line(text, "User-Agent", flow.UserAgent);
        Line(text, "Client key", flow.Key);
        Line(text, "Model", flow.RequestedModel);
        Line(text, "Stream", flow.Stream ? "true" : "false");
        for (var index = 0; index < flow.Attempts.Count; index++)
        {
            var attempt = flow.Attempts[index];
            Section(text, string.Create(CultureInfo.InvariantCulture, $"ATTEMPT {index + 1}"));
            Line(text, "Provider", attempt.Provider);
            Line(text, "Auth", attempt.Account);
            Line(text, "Model", attempt.Model);
            Line(text, "Outcome", attempt.Outcome);
            Line(text, "Duration", string.Create(CultureInfo.InvariantCulture, $"{attempt.DurationMs} ms"));
        }

        foreach (var (kind, title) in Bodies)
        {
            var body = await flows.GetBodyAsync(flow.Id, kind, null, cancellationToken);
            if (!body.Succeeded) continue;
            Section(text, title);
            text.Append(Encoding.UTF8.GetString(body.Value.Content.Span)).Append('\n');
        }

        Section(text, "RESPONSE INFO");
        Line(text, "Status", flow.Status.ToString(CultureInfo.InvariantCulture));
        Line(text, "Duration", string.Create(CultureInfo.InvariantCulture, $"{flow.DurationMs} ms"));
        if (flow.Error is { } error) Line(text, "Error", error);
        return text.ToString();
    }

    private static void Section(StringBuilder text, string title) => text.Append(text.Length > 0 ? "\n" : "").Append("=== ").Append(title).Append(" ===\n");

    private static void Line(StringBuilder text, string name, string value) => text.Append(name).Append(": ").Append(TerminalText.OneLine(value)).Append('\n');
}
