using System.Text;

namespace Dragoman.Server.Tests.Battery.Fidelity;

/// <summary>docs/fidelity.md, as a run observed it.</summary>
internal static class FidelityPage
{
    private static readonly Dictionary<string, string> Names = new()
    {
        ["chat"] = "Chat Completions", ["responses"] = "Responses", ["messages"] = "Messages", ["gemini"] = "Gemini", ["completions"] = "legacy Completions",
    };

    public static string Of(FidelityRun run)
    {
        var text = new StringBuilder("""
            # What crosses from one language to another

            Generated from what the tests observe (`FidelityTests`): requests and answers go through a running gateway, and each cell says what
            became of the thing between the client language of the section and the upstream language of the column.

            - *carried*: it arrived; *carried as …*: in other words that mean the same there.
            - *lost*, *approximated*: told to the client in `x-dragoman-losses`. A stream's headers are out before its words come, so what is lost
              of a streamed answer is kept with the request's record and not told in a header.
            - *refused*: the request is answered with this error. –: the upstream language cannot say it.

            The same language on both sides is relayed byte for byte and has no column. Answers were seen whole and streamed; where the two differ the
            cell says both. Streams, errors and whole conversations are tested for every pair in the battery (`tests/Dragoman.Server.Tests/Battery`).

            To write this page anew: `DRAGOMAN_WRITE_DOCS=1 ./test`

            """.ReplaceLineEndings("\n"));
        foreach (var client in FidelityRun.Clients)
        {
            var columns = run.Upstreams.Where(upstream => upstream != client).ToList();
            text.Append($"\n## Clients that speak {Names[client]}\n");
            foreach (var (title, probes) in FidelityRun.Requests) Table(text, run, client, columns, "Request: " + Small(title), probes.Where(probe => probe.Say.ContainsKey(client)).Select(probe => probe.Feature));
            Table(text, run, client, columns, "Answer", AnswerProbes.All.Select(probe => probe.Feature));
            Table(text, run, client, columns, "Reasoning that comes back on the next turn", RoundTrip.All.Select(trip => trip.Feature));
        }

        return text.ToString();
    }

    private static string Small(string title) => char.ToLowerInvariant(title[0]) + title[1..];

    private static void Table(StringBuilder text, FidelityRun run, string client, List<string> columns, string title, IEnumerable<string> features)
    {
        var rows = features.Where(feature => columns.Exists(upstream => run.Cells.ContainsKey((client, upstream, feature)))).ToList();
        if (rows.Count == 0) return;
        text.Append($"\n### {title}\n\n| feature | {string.Join(" | ", columns)} |\n|---|{string.Concat(columns.Select(_ => "---|"))}\n");
        foreach (var feature in rows)
            text.Append($"| {feature} | {string.Join(" | ", columns.Select(upstream => run.Cells.GetValueOrDefault((client, upstream, feature), "–").Replace("|", "\\|", StringComparison.Ordinal)))} |\n");
    }
}
