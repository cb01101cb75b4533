using System.Text;
using System.Text.RegularExpressions;
using Dragoman.Management.Clients;

namespace Dragoman.Server.Tests.Docs;

/// <summary>
/// The guide shows the very texts that <c>GET /api/v1/clients</c> does: each stands behind a mark (<c>&lt;!-- block: claude-code 1 --&gt;</c>). With
/// <c>DRAGOMAN_WRITE_DOCS=1</c> they are written there.
/// </summary>
[Trait("speed", "fast")]
public sealed partial class GuideBlocksTests
{
    private const string Guide = "docs/guide/clients.md";

    [Fact]
    public void The_guide_shows_the_texts_that_the_gateway_gives()
    {
        var shown = File.ReadAllText(RepositoryFiles.File(Guide)).ReplaceLineEndings("\n");
        var blocks = Blocks();
        var marks = Mark().Matches(shown).Select(match => match.Groups["name"].Value).ToList();
        marks.ShouldBe(marks.Distinct());
        marks.Order().ShouldBe(blocks.Keys.Order(), "every text stands in the guide, behind its mark");
        var wanted = Mark().Replace(shown, match =>
        {
            var (format, text) = blocks[match.Groups["name"].Value];
            return $"{match.Groups["head"].Value}```{format}\n{text}\n```";
        });
        if (Environment.GetEnvironmentVariable("DRAGOMAN_WRITE_DOCS") == "1") File.WriteAllText(RepositoryFiles.File(Guide), wanted, new UTF8Encoding(false));
        else shown.ShouldBe(wanted, "write it anew with DRAGOMAN_WRITE_DOCS=1");
    }

    private static Dictionary<string, (string Format, string Text)> Blocks()
    {
        ServedModel[] models = [new("claude-sonnet-5", "Claude Sonnet 5", 1_000_000, 128_000), new("gpt-5.4-mini", "GPT-5.4 mini", 400_000, 128_000)];
        var gateway = new GatewayEndpoint(new Uri("http://127.0.0.1:8317"), "any-key", "DRAGOMAN_KEY", models[0].Id, models[1].Id, models);
        // Where the gateway serves what Gemini CLI asks for by itself, nothing has to be put in its place.
        var helpers = GeminiHelperModels.Missing(gateway).Select(static name => new ServedModel(name, null, null, null));
        return ClientDirectory.Describe(gateway, models[0].Id, static _ => ("no", []))
            .Select(client => client.Id == "gemini" ? ClientDirectory.Describe(gateway with { Models = [.. models, .. helpers] }, models[0].Id, static _ => ("no", [])).Single(one => one.Id == "gemini") : client)
            .SelectMany(client => client.Blocks.Select((block, place) => ($"{client.Id} {place + 1}", (block.Format, block.Text))))
            .ToDictionary(static pair => pair.Item1, static pair => pair.Item2);
    }

    /// <summary>The mark, what may stand between it and its block, and the block.</summary>
    [GeneratedRegex(@"(?<head><!-- block: (?<name>[a-z0-9-]+ [0-9]+) -->\n(?:\n|<!-- not run: [^\n]*\n)*)```[^\n]*\n(?:(?!```)[^\n]*\n)*```", RegexOptions.ExplicitCapture, 10_000)]
    private static partial Regex Mark();
}
