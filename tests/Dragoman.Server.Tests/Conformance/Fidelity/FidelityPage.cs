using System.Text;

namespace Dragoman.Server.Tests.Conformance.Fidelity;

/// <summary>docs/reference/fidelity.md, as a run observed it.</summary>
internal static class FidelityPage
{
    private static readonly Dictionary<string, string> Names = new()
    {
        ["chat"] = "Chat Completions", ["responses"] = "Responses", ["messages"] = "Messages", ["gemini"] = "Gemini", ["completions"] = "legacy Completions",
        ["converse"] = "Bedrock's Converse", ["invoke"] = "Anthropic's bodies on Bedrock's InvokeModel",
    };

    public static string Of(FidelityRun run)
    {
        var text = new StringBuilder("""
            # Fidelity: what crosses from one protocol to another

            Generated from what the tests observe (`FidelityTests`): requests and answers go through a running gateway, and each cell says what
            became of the feature between the client protocol of the section and the upstream protocol of the column.

            - *carried*: it arrived; *carried as …*: in other words that mean the same there.
            - *lost*, *approximated*: reported to the client in `x-dragoman-losses`. The headers of a stream are sent before its content, so what is lost
              of a streamed answer is kept in the flow and not in a header.
            - *refused*: the request is answered with this error. –: the upstream protocol cannot express it.

            The same protocol on both sides is passed through byte for byte and has no column. Answers were seen whole and streamed; where the two differ the
            cell says both. Streams, errors and whole conversations are tested for every pair in the conformance suite (`tests/Dragoman.Server.Tests/Conformance`).

            To generate this page: `DRAGOMAN_WRITE_DOCS=1 ./test`

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
