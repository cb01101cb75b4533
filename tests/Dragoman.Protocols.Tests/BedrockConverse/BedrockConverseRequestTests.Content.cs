using System.Text.Json;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Json;

namespace Dragoman.Protocols.Tests.BedrockConverse;

public partial class BedrockConverseRequestTests
{
    [Fact]
    public void Cache_hints_become_points_of_their_own_at_most_four()
    {
        _request.Tools.Add(new Tool { Name = "t1", Cache = new CacheHint() });
        _request.System.Add(Cached("s", "1h"));
        for (var i = 0; i < 4; i++)
        {
            User(Cached($"u{i}"));
            Assistant(Text("a"));
        }

        User(Text("end"));
        var body = Write(Sonnet);
        body.ShouldContain("""{"text":"s"},{"cachePoint":{"type":"default","ttl":"1h"}}]""");
        body.Split("cachePoint").Length.ShouldBe(5);
        body.ShouldContain("""{"text":"u3"},{"cachePoint":{"type":"default"}}""");
        body.ShouldContain("""{"text":"u2"},{"cachePoint":{"type":"default"}}""");
        body.ShouldNotContain("""{"text":"u1"},{"cachePoint""");
        Write("us.anthropic.claude-3-7-sonnet-20250219-v1:0").ShouldNotContain("ttl");
        Part(Nova, "toolConfig").ShouldNotContain("cachePoint");
        Messages(Nova).ShouldContain("cachePoint");
        Write("mistral.mistral-large-2402-v1:0").ShouldNotContain("cachePoint");
    }

    [Fact]
    public void Documents_have_legal_distinct_names_and_text_beside_them()
    {
        MediaSource Pdf() => new() { MediaType = "application/pdf", Base64 = JsonText.From("JVBERi0=") };
        User(new DocumentBlock(Pdf()) { Title = "My  report_v2.final.pdf" }, new DocumentBlock(Pdf()) { Title = "My report-v2-final.pdf" }, new DocumentBlock(Pdf()), new DocumentBlock(new MediaSource { MediaType = "text/plain", Text = JsonText.From("hé") }) { Title = "../e" });
        Messages(Sonnet).ShouldBe("""[{"role":"user","content":[{"document":{"format":"pdf","name":"My report-v2-final","source":{"bytes":"JVBERi0="}}},{"document":{"format":"pdf","name":"My report-v2-final (2)","source":{"bytes":"JVBERi0="}}},{"document":{"format":"pdf","name":"document-3","source":{"bytes":"JVBERi0="}}},{"document":{"format":"txt","name":"NAME","source":{"bytes":"aMOp"}}},{"text":"Document attached."}]}]""".Replace("NAME", "-"));
    }

    [Theory]
    [InlineData("data:image/png;base64,iVBORw==", "png")]
    [InlineData("data:;base64,UklGRg==", "webp")]
    public void Images_are_sent_as_bytes(string url, string format)
    {
        User(new ImageBlock(MediaSource.FromUrl(url)), Text("what?"));
        Messages(Sonnet).ShouldContain($$$"""{"image":{"format":"{{{format}}}","source":{"bytes":""");
    }

    [Theory]
    [InlineData("https://example.org/a.png", "fetches no addresses")]
    [InlineData("data:image/bmp;base64,Qk0=", "png, jpeg, gif or webp")]
    [Trait("check", "bedrock B35")]
    public void Images_that_cannot_be_sent_are_refused_clearly(string url, string words)
    {
        User(new ImageBlock(MediaSource.FromUrl(url)));
        var error = Should.Throw<WireException>(() => Write(Sonnet)).Error;
        error.Message.ShouldContain(words);
        error.Param.ShouldBe("messages[0].content[0]");
    }
}
