using System.CommandLine;
using System.Globalization;
using System.Text;
using Dragoman.Cli.GatewayClient;
using Dragoman.Cli.Terminal;
using Dragoman.Management.Flows;
using Dragoman.Storage.Secrets;

namespace Dragoman.Cli.Commands.Flows;

/// <summary><c>dragoman flows …</c>: what happened, request by request.</summary>
internal static class FlowsCommand
{
    public static Command Create() => new("flows", "Finds, shows, follows, exports and replays recorded requests.")
    {
        List(), Show(), FlowsTail.Create(), Export(), FlowsReplay.Create(), Bookmark(), Note(), Tag(), Remove(), Totals(),
    };

    /// <summary>The argument of all commands about one flow.</summary>
    public static Argument<string> Id() => new("id") { Description = "The flow's id, or the request id that the client shows (req_…)." };

    private static Command List()
    {
        var filters = new FlowFilterOptions();
        var limit = new Option<int>("--limit", "-n") { Description = "How many at most.", DefaultValueFactory = _ => 20 };
        var after = new Option<string?>("--after") { Description = "Goes on behind the last page: what it printed at its end." };
        var command = filters.AddTo(new Command("list", "Flows that fit, newest first.") { limit, after });
        return new ManagementOptions().Run(command, async (client, parsed, json, cancellationToken) =>
        {
            var path = $"flows?{filters.Query(parsed)}&limit={parsed.GetValue(limit)}&after={Uri.EscapeDataString(parsed.GetValue(after) ?? "")}";
            if (json) Console.Out.WriteLine(await client.TextAsync(HttpMethod.Get, path, null, cancellationToken));
            else FlowsTable.Print(await client.GetAsync<FlowPageView>(path, cancellationToken));
            return ExitCodes.Success;
        });
    }

    private static Command Show()
    {
        var id = Id();
        var body = new Option<string?>("--body") { Description = "Prints a recorded body: client-request, upstream-request, upstream-answer, client-answer." };
        var attempt = new Option<int?>("--attempt") { Description = "The body of this attempt, from 0; else of the last." };
        return new ManagementOptions().Run(new Command("show", "One flow, with its attempts, losses and recorded bodies.") { id, body, attempt }, async (client, parsed, json, cancellationToken) =>
        {
            var path = $"flows/{Uri.EscapeDataString(parsed.GetRequiredValue(id))}";
            if (parsed.GetValue(body) is { } kind)
            {
                using var answer = await client.SendAsync(HttpMethod.Get, $"{path}/bodies/{Uri.EscapeDataString(kind)}{(parsed.GetValue(attempt) is { } number ? $"?attempt={number}" : "")}", null, cancellationToken);
                await CopyAsync(answer, null, cancellationToken);
            }
            else if (json) Console.Out.WriteLine(await client.TextAsync(HttpMethod.Get, path, null, cancellationToken));
            else FlowsTable.Print(await client.GetAsync<FlowView>(path, cancellationToken), (await client.GetAsync<FlowBodiesView>($"{path}/bodies", cancellationToken)).Bodies);
            return ExitCodes.Success;
        });
    }

    private static Command Export()
    {
        var filters = new FlowFilterOptions();
        var id = new Argument<string?>("id") { Description = "One flow; without it all that fit.", Arity = ArgumentArity.ZeroOrOne };
        var format = new Option<string?>("--format", "-f") { Description = "json, jsonl, har or markdown. Default: by the file's ending, else json." };
        var output = new Option<string?>("--output", "-o") { Description = "The file to write (mode 0600). Default: standard output." };
        var bodies = new Option<bool>("--bodies") { Description = "With recorded bodies, in json and jsonl too." };
        var limit = new Option<int?>("--limit", "-n") { Description = "How many at most." };
        var command = filters.AddTo(new Command("export", "Writes flows as JSON, JSON lines, HAR or Markdown.") { id, format, output, bodies, limit });
        return new ManagementOptions().Run(command, async (client, parsed, json, cancellationToken) =>
        {
            var file = parsed.GetValue(output);
            var wanted = parsed.GetValue(format) ?? (json ? "json" : FormatOf(file));
            var query = $"format={Uri.EscapeDataString(wanted)}{(parsed.GetValue(bodies) ? "&bodies=true" : "")}";
            var path = parsed.GetValue(id) is { } one ? $"flows/{Uri.EscapeDataString(one)}/export?{query}"
                : $"flows/export?{query}&{filters.Query(parsed)}{(parsed.GetValue(limit) is { } most ? $"&limit={most}" : "")}";
            using var answer = await client.SendAsync(HttpMethod.Get, path, null, cancellationToken);
            await CopyAsync(answer, file, cancellationToken);
            return ExitCodes.Success;
        });
    }

    private static Command Bookmark()
    {
        var id = Id();
        var off = new Option<bool>("--off") { Description = "Takes the bookmark away." };
        return Mark(new Command("bookmark", "Keeps a flow beyond retention.") { id, off }, id, (parsed, _) => new FlowMarksInput(!parsed.GetValue(off), null, null));
    }

    private static Command Note()
    {
        var id = Id();
        var text = new Argument<string>("text") { Description = "The note; empty takes it away." };
        return Mark(new Command("note", "Notes something on a flow.") { id, text }, id, (parsed, _) => new FlowMarksInput(null, parsed.GetRequiredValue(text), null));
    }

    private static Command Tag()
    {
        var id = Id();
        var tags = new Argument<string[]>("tags") { Description = "Tags to add; with a minus before it (after --) a tag is taken away." };
        return Mark(new Command("tag", "Adds tags to a flow, or takes them away: tag ID -- bug -later.") { id, tags }, id, (parsed, flow) =>
        {
            var all = flow.Tags.ToList();
            foreach (var tag in parsed.GetRequiredValue(tags))
            {
                if (tag.StartsWith('-')) all.Remove(tag[1..]);
                else if (!all.Contains(tag)) all.Add(tag);
            }

            return new FlowMarksInput(null, null, all);
        });
    }

    private static Command Mark(Command command, Argument<string> id, Func<ParseResult, FlowView, FlowMarksInput> marks) => new ManagementOptions().Run(command, async (client, parsed, json, cancellationToken) =>
    {
        var path = $"flows/{Uri.EscapeDataString(parsed.GetRequiredValue(id))}";
        var flow = await client.GetAsync<FlowView>(path, cancellationToken);
        var text = await client.TextAsync(HttpMethod.Patch, $"flows/{flow.Id}", marks(parsed, flow), cancellationToken);
        Console.Out.WriteLine(json ? text : $"Marked {flow.Id}.");
        return ExitCodes.Success;
    });

    private static Command Remove()
    {
        var id = Id();
        return new ManagementOptions().Run(new Command("remove", "Removes a flow with its bodies.") { id }, async (client, parsed, json, cancellationToken) =>
        {
            await client.ExecuteAsync(HttpMethod.Delete, $"flows/{Uri.EscapeDataString(parsed.GetRequiredValue(id))}", null, cancellationToken);
            if (!json) Console.Out.WriteLine("Removed.");
            return ExitCodes.Success;
        });
    }

    private static Command Totals() => new ManagementOptions().Run(new Command("totals", "How much is recorded, and how recording is doing."), async (client, _, json, cancellationToken) =>
    {
        if (json)
        {
            Console.Out.WriteLine(await client.TextAsync(HttpMethod.Get, "flows/totals", null, cancellationToken));
            return ExitCodes.Success;
        }

        var totals = await client.GetAsync<FlowTotalsView>("flows/totals", cancellationToken);
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"{totals.Flows} flows, {totals.Bytes / 1048576.0:0.0} MB");
        if (totals.Oldest is { } oldest) text.Append(CultureInfo.InvariantCulture, $", the oldest of {oldest:yyyy-MM-dd HH:mm}");
        text.Append(CultureInfo.InvariantCulture, $"\nMode: {totals.RecordingMode.ToString().ToLowerInvariant()}. Since the start: {totals.Recorder.Written} written, {totals.Recorder.Waiting} waiting, {totals.Recorder.Dropped} dropped, {totals.Recorder.BodiesDropped} without their bodies, {totals.Recorder.RefusalsUnrecorded} refusals not recorded.");
        if (totals.Recorder.Problem is { } problem) text.Append(CultureInfo.InvariantCulture, $"\nFlows cannot be written now: {problem}");
        Console.Out.WriteLine(text);
        return ExitCodes.Success;
    });

    private static string FormatOf(string? file) => Path.GetExtension(file) switch
    {
        ".har" => "har",
        ".md" => "markdown",
        ".jsonl" or ".ndjson" => "jsonl",
        _ => "json",
    };

    private static async Task CopyAsync(HttpResponseMessage answer, string? file, CancellationToken cancellationToken)
    {
        var body = await answer.Content.ReadAsStreamAsync(cancellationToken);
        await using (body.ConfigureAwait(false))
        {
            if (file is null)
            {
                await SafeConsole.CopyToOutputAsync(body, cancellationToken);
                return;
            }

            var target = new FileStream(file, PrivateFiles.Options(FileMode.Create, FileAccess.Write, FileShare.Read));
            await using (target.ConfigureAwait(false)) await body.CopyToAsync(target, cancellationToken);
        }
    }
}
