using System.Globalization;
using Dragoman.Management.Flows;
using Spectre.Console;

namespace Dragoman.Cli.Commands.Flows;

/// <summary>Flows for terminals.</summary>
internal static class FlowsTable
{
    public static void Print(FlowPageView page)
    {
        if (page.Flows.Count == 0)
        {
            Console.Out.WriteLine("No flows fit.");
            return;
        }

        var table = new Table().Border(TableBorder.None).AddColumns(Whole("TIME"), Whole("ID"), Whole("STATUS"), new TableColumn("MODEL"), new TableColumn("ACCOUNT"), Whole("MS"), Whole("IN"), Whole("OUT"), Whole("COST"), new TableColumn(""));
        foreach (var flow in page.Flows)
        {
            table.AddRow(
                flow.StartedAt.ToLocalTime().ToString("MM-dd HH:mm:ss", CultureInfo.InvariantCulture),
                flow.Id,
                StatusOf(flow),
                Markup.Escape(ModelOf(flow)),
                Markup.Escape(flow.Account),
                flow.DurationMs.ToString("0", CultureInfo.InvariantCulture),
                Number(flow.Usage?.Input),
                Number(flow.Usage?.Output),
                CostOf(flow.Cost),
                Markup.Escape(SearchTermsOf(flow)));
        }

        Write(table);
        if (page.Next is { } next) Console.Out.WriteLine($"More: --after {next}");
    }

    public static void Print(FlowView flow, IReadOnlyList<FlowBodyView> bodies)
    {
        var table = new Table().Border(TableBorder.None).HideHeaders().AddColumns("", "");
        Row("Flow", flow.Id);
        Row("Time", string.Create(CultureInfo.InvariantCulture, $"{flow.StartedAt.ToLocalTime():yyyy-MM-dd HH:mm:ss.fff}, {flow.DurationMs:0.0} ms{(flow.FirstByteMs is { } first ? $", first byte after {first:0.0} ms" : "")}"));
        Row("Status", flow.Status.ToString(CultureInfo.InvariantCulture) + (flow.ClientLeft ? ", the client left" : ""));
        Row("Error", flow.Error ?? "");
        Row("Model", ModelOf(flow));
        Row("Answered by", flow.Account.Length == 0 ? "" : $"{flow.Account} ({flow.Provider}), {flow.Mode}, {flow.ClientProtocol} → {flow.UpstreamProtocol}{(flow.Stream ? ", streamed" : "")}");
        Row("Client", string.Join(", ", new[] { flow.UserAgent, flow.Key.Length > 0 ? $"key {flow.Key}" : "", flow.Session }.Where(part => part.Length > 0)));
        if (flow.Usage is { } usage)
            Row("Tokens", $"{Number(usage.Input)} in ({Number(usage.Cached)} cached, {Number(usage.CacheWrite)} written to the cache), {Number(usage.Output)} out ({Number(usage.Reasoning)} reasoning)");
        Row("Cost", flow.Usage is null ? "" : CostOf(flow.Cost) is "-" ? "unknown" : CostOf(flow.Cost));
        foreach (var attempt in flow.Attempts) Row("Attempt", string.Create(CultureInfo.InvariantCulture, $"{attempt.Account}, {attempt.Model}: {attempt.Outcome} ({attempt.DurationMs:0.0} ms{TransportOf(attempt)}; {attempt.Reason})"));
        foreach (var loss in flow.Losses) Row("Loss", $"{loss.Path} {loss.Kind}: {loss.Reason}");
        Row("Preview", flow.Preview);
        Row("Note", flow.Note);
        Row("Tags", string.Join(", ", flow.Tags));
        Row("Bookmarked", flow.Bookmarked ? "yes" : "");
        foreach (var body in bodies)
        {
            var notes = new[] { body.Cut ? "cut" : "", body.Redacted ? "secrets masked" : "", body.MediaLeftOut ? "base64 left out" : "" }.Where(note => note.Length > 0);
            Row("Body", string.Join(", ", [FlowBodyNames.NameOf(body.Kind), $"attempt {body.Attempt}", body.ContentType, $"{body.Length} bytes", .. notes]));
        }

        Write(table);

        void Row(string name, string value)
        {
            if (value.Length > 0) table.AddRow(name, Markup.Escape(value));
        }
    }

    /// <summary>Prints a table: as wide as it is where no terminal sets the width.</summary>
    public static void Write(Table table)
    {
        AnsiConsole.Write(table);
    }

    /// <summary>One line of the live tail.</summary>
    public static string LineOf(FlowView flow) => string.Create(CultureInfo.InvariantCulture,
        $"{flow.StartedAt.ToLocalTime():HH:mm:ss} {flow.Id} {flow.Status} {ModelOf(flow)} {(flow.Account.Length == 0 ? "-" : flow.Account)} {flow.DurationMs:0} ms {Number(flow.Usage?.Input)}→{Number(flow.Usage?.Output)} {SearchTermsOf(flow)}").TrimEnd();

    private static TableColumn Whole(string name) => new TableColumn(name).NoWrap();

    private static string ModelOf(FlowView flow) => flow.Model.Length == 0 || flow.Model == flow.RequestedModel ? flow.RequestedModel : $"{flow.RequestedModel} → {flow.Model}";

    private static string StatusOf(FlowView flow) => flow.Status >= 400 || flow.Error is not null ? $"[red]{flow.Status}[/]" : flow.Status.ToString(CultureInfo.InvariantCulture);

    private static string SearchTermsOf(FlowView flow)
    {
        var words = flow.Error ?? flow.Preview;
        if (words.Length > 60) words = words[..60] + "…";
        return (flow.Bookmarked ? "* " : "") + words.ReplaceLineEndings(" ");
    }

    private static string Number(long? count) => count?.ToString("N0", CultureInfo.InvariantCulture) ?? "-";

    private static string CostOf(decimal? cost) => cost is { } dollars ? string.Create(CultureInfo.InvariantCulture, $"${dollars:0.######}") : "-";

    /// <summary>By what the upstream was reached, where that is not plain HTTP.</summary>
    private static string TransportOf(FlowAttemptView attempt) => attempt.Transport switch
    {
        "websocket" => ", WebSocket",
        "http-fallback" => ", HTTP: WebSocket refused",
        _ => "",
    };
}
