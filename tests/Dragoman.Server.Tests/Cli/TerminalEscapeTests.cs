using System.Text;
using System.Text.Json.Nodes;
using Dragoman.Cli.Terminal;
using Dragoman.Server.Observability;
using Dragoman.Server.Tests.ClientKeys;
using Dragoman.Server.Tests.Forwarding;
using Dragoman.Server.Tests.Support;
using Microsoft.Extensions.Logging;

namespace Dragoman.Server.Tests.Cli;

/// <summary>What a terminal would obey in the words of others reaches no command's output, no log and no audit entry.</summary>
[Trait("speed", "fast")]
public sealed class TerminalEscapeTests
{
    /// <summary>ESC, BEL, DEL, a C1 control and the bidirectional controls.</summary>
    private const string Evil = "\u001b]0;owned\u0007\u001b[31m\u007f\u009b2J\u202e\u2066\u200f\u061c";

    [Fact]
    public void Every_control_but_line_feed_and_tab_is_written_out()
    {
        var output = new StringWriter();
        var safe = new SafeTextWriter(output);
        for (var letter = '\0'; letter < '\u3000'; letter++) safe.Write(letter);
        safe.Write("line\r\n\tnext\n");
        safe.Write(['a', '\u001b', 'b'], 0, 3);
        safe.WriteLine("x\u001b[2Jy");
        var written = output.ToString();
        foreach (var letter in written) IsObeyed(letter).ShouldBeFalse($"U+{(int)letter:X4}");
        written.ShouldContain("\\u0000\\u0001");
        written.ShouldContain("\\u007f\\u0080");
        written.ShouldContain("line\r\n\tnext\na\\u001bbx\\u001b[2Jy");
        written.ShouldContain("äåæ", customMessage: "all else stays");
    }

    [Fact]
    public void Json_stays_json_of_the_same_meaning()
    {
        var output = new StringWriter();
        // What an encoder that escapes only what it must lets through.
        new SafeTextWriter(output).Write($$"""{"name":"{{"\u009b2J\u202e\u200e\u007f"}}"}""");
        output.ToString().ShouldBe("""{"name":"\u009b2J\u202e\u200e\u007f"}""");
        JsonNode.Parse(output.ToString())!["name"]!.GetValue<string>().ShouldBe("\u009b2J\u202e\u200e\u007f");
    }

    [Fact]
    public void A_log_line_stays_one_line_without_controls()
    {
        using var stream = new MemoryStream();
        var provider = new LineLoggerProvider(stream, TimeProvider.System, new RecentLog());
        var log = provider.CreateLogger("A.B");
        log.Log(LogLevel.Warning, new EventId(1), Evil + "\nfalse entry", new InvalidOperationException("because " + Evil + "\nsecond"), static (state, _) => state);
        provider.Dispose();
        var text = Encoding.UTF8.GetString(stream.ToArray());
        text.TrimEnd('\n').ShouldNotContain('\n');
        text.TrimEnd('\n').Any(IsObeyed).ShouldBeFalse(text);
        text.ShouldContain("\\u001b[31m");
        LogText.Sanitize(Evil).Any(IsObeyed).ShouldBeFalse();
    }

    [Fact]
    [Trait("speed", "slow")]
    public async Task Names_notes_models_and_errors_of_others_reach_a_terminal_as_text()
    {
        var json = System.Text.Json.JsonSerializer.Serialize(Evil);
        await using var rig = await KeyFixture.StartAsync((context, _) => context.SayAsync(400, $$$"""{"error":{"message":{{{json}}},"type":"invalid_request_error"}}"""));
        var made = await rig.ManageAsync(HttpMethod.Post, "keys", $$"""{"name":{{json}},"note":{{json}}}""", 201);
        using var refused = await rig.AskAsync(made["key"]!.GetValue<string>(), $$"""{"model":{{json}},"messages":[]}""");
        using var failed = await rig.AskAsync(made["key"]!.GetValue<string>());
        await refused.TextAsync();
        await failed.TextAsync();
        await rig.EntriesAsync(2);
        var id = made["id"]!.GetValue<string>();
        await rig.ManageAsync(HttpMethod.Post, $"keys/{id}/rotate", "{}");
        var flows = (await rig.ManageAsync(HttpMethod.Get, "flows"))["flows"]!.AsArray();
        var shown = new StringBuilder();
        foreach (var words in (string[][])
            [
                ["keys", "list"], ["keys", "show", id], ["keys", "show", id, "--json"], ["flows", "list"], ["flows", "list", "--json"], ["flows", "show", flows[0]!["id"]!.GetValue<string>()],
                ["flows", "show", flows[0]!["id"]!.GetValue<string>(), "--json"], ["flows", "export", "--format", "markdown"], ["flows", "export", "--format", "jsonl"], ["usage", "--by", "key,model"],
                ["usage", "--export", "csv"], ["audit"], ["audit", "--json"], ["accounts", "test", "one"], ["explain", Evil],
            ])
        {
            var (_, output, error) = await Program.RunAsync([.. words, "--url", rig.Gateway.Address.ToString()]);
            (output + error).Where(letter => letter != '\r').Any(IsObeyed).ShouldBeFalse($"{string.Join(' ', words)}: {output}{error}");
            if (words.Contains("--json")) JsonNode.Parse(output).ShouldNotBeNull();
            shown.Append(output).Append(error);
        }

        shown.ToString().ShouldContain("\\u001b[31m", customMessage: "the words themselves are shown");
    }

    private static bool IsObeyed(char letter)
        => (char.IsControl(letter) && letter is not ('\n' or '\t' or '\r')) || letter is '\u061c' or '\u200e' or '\u200f' or (>= '\u202a' and <= '\u202e') or (>= '\u2066' and <= '\u2069');
}
