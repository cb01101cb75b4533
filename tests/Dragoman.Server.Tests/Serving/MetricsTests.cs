using System.Globalization;
using System.Text.RegularExpressions;

namespace Dragoman.Server.Tests.Serving;

/// <summary>What the gateway says of itself.</summary>
public sealed partial class MetricsTests
{
    [Fact]
    public async Task The_exposition_is_valid_and_counts_what_happened()
    {
        await using var rig = await Rig.StartAsync();
        using (await rig.PostAsync("/v1/messages", Talk.Messages("chat-1")))
        using (await rig.PostAsync("/v1/messages", Talk.Messages("claude-1")))
        using (await rig.PostAsync("/v1/chat/completions", "{"))
        {
        }

        using var answer = await rig.GetAsync("/metrics");
        answer.Header("content-type")!.ShouldStartWith("text/plain; version=0.0.4");
        var text = await answer.TextAsync();
        var types = new Dictionary<string, string>();
        foreach (var line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            if (line.StartsWith("# TYPE ", StringComparison.Ordinal))
            {
                var words = line.Split(' ');
                types.Add(words[2], words[3]);
            }
            else if (!line.StartsWith('#'))
            {
                var match = Sample().Match(line);
                match.Success.ShouldBeTrue(line);
                double.Parse(match.Groups["value"].Value, CultureInfo.InvariantCulture).ShouldBeGreaterThanOrEqualTo(0);
                var family = match.Groups["name"].Value;
                foreach (var suffix in (string[])["_bucket", "_sum", "_count"])
                {
                    if (family.EndsWith(suffix, StringComparison.Ordinal) && types.ContainsKey(family[..^suffix.Length])) family = family[..^suffix.Length];
                }

                types.ShouldContainKey(family, line);
            }
        }

        text.ShouldContain("dragoman_requests_total{language=\"AnthropicMessages\",provider=\"openai\",lane=\"translate\",status=\"200\"} 1");
        text.ShouldContain("dragoman_requests_total{language=\"AnthropicMessages\",provider=\"claude\",lane=\"relay\",status=\"200\"} 1");
        text.ShouldContain("dragoman_requests_total{language=\"OpenAiChat\",provider=\"\",lane=\"\",status=\"400\"} 1");
        text.ShouldContain("dragoman_attempts_total{account=\"chat\",outcome=\"answered\"} 1");
        text.ShouldContain("dragoman_tokens_total{provider=\"claude\",model=\"claude-sonnet-4-5\",kind=\"output\"}");
        text.ShouldContain("dragoman_request_duration_seconds_bucket{le=\"+Inf\"} 2");
        text.ShouldContain("dragoman_request_duration_seconds_count 2");
    }

    [Fact]
    public async Task Clients_cannot_make_labels_without_end()
    {
        await using var rig = await Rig.StartWithAsync(address => $"claude-api-key:\n  - {{ api-key: k, base-url: '{address}' }}\n");
        for (var i = 0; i < 30; i++)
        {
            using (await rig.PostAsync("/v1/messages", Talk.Messages($"nothing-{i}")))
            {
            }
        }

        using var answer = await rig.GetAsync("/metrics");
        (await answer.TextAsync()).ShouldNotContain("nothing-");
    }

    [GeneratedRegex("""^(?<name>[a-zA-Z_:][a-zA-Z0-9_:]*)(\{([a-zA-Z_][a-zA-Z0-9_]*="([^"\\\n]|\\["\\n])*",?)*\})? (?<value>[0-9.eE+-]+)$""", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Sample();
}
