using System.Text;
using System.Text.Json;
using Dragoman.Gateway.Requests;
using Dragoman.Protocols;
using Dragoman.Protocols.Json;

namespace Dragoman.Gateway.Tests.Requests;

public sealed class TopLevelScanTests
{
    [Fact]
    public void Any_object_skims_to_the_values_a_parser_finds()
    {
        var random = new Random(7);
        for (var round = 0; round < 3000; round++)
        {
            var json = RandomObject(random, depth: 0).ToString();
            var bytes = Encoding.UTF8.GetBytes(json);
            using var document = JsonDocument.Parse(json);
            var skim = new TopLevelJsonScanner(bytes);
            foreach (var property in document.RootElement.EnumerateObject())
            {
                skim.Next().ShouldBeTrue(json);
                Encoding.UTF8.GetString(skim.Value).ShouldBe(property.Value.GetRawText(), json);
            }

            skim.Next().ShouldBeFalse();
            skim.Broken.ShouldBeFalse(json);
        }
    }

    [Fact]
    public void An_object_cut_short_anywhere_is_broken()
    {
        var bytes = """{"model":"m","messages":[{"role":"user","content":"a \"quoted\" \\ {[ text"}],"stream":true}"""u8.ToArray();
        for (var length = 0; length < bytes.Length; length++)
        {
            Should.Throw<WireException>(() => RequestEnvelope.Read(bytes.AsSpan(0, length))).Error.Kind.ShouldBe(ErrorKind.InvalidRequest);
        }

        RequestEnvelope.Read(bytes).Stream.ShouldBeTrue();
    }

    [Theory]
    [InlineData(100, true)]
    [InlineData(TopLevelJsonScanner.MaxDepth, true)]
    [InlineData(TopLevelJsonScanner.MaxDepth + 1, false)]
    [InlineData(100_000, false)]
    public void Nesting_is_bounded(int depth, bool fine)
    {
        var json = $$"""{"model":"m","input":{{new string('[', depth)}}{{new string(']', depth)}}}""";
        if (fine) RequestEnvelope.Read(Encoding.UTF8.GetBytes(json)).Model.ShouldBe("m");
        else Should.Throw<WireException>(() => RequestEnvelope.Read(Encoding.UTF8.GetBytes(json))).Error.Code.ShouldBe("body_too_deep");
    }

    private static StringBuilder RandomObject(Random random, int depth)
    {
        var text = new StringBuilder("{");
        for (var i = random.Next(0, 6); i > 0; i--)
        {
            text.Append(Space(random)).Append('"').Append(RandomText(random)).Append(random.Next()).Append('"').Append(Space(random)).Append(':').Append(Space(random));
            text.Append(RandomValue(random, depth + 1)).Append(Space(random));
            if (i > 1) text.Append(',');
        }

        return text.Append('}');
    }

    private static StringBuilder RandomValue(Random random, int depth)
    {
        switch (random.Next(depth > 5 ? 4 : 7))
        {
            case 0: return new StringBuilder("true");
            case 1: return new StringBuilder("-12.5e3");
            case 2: return new StringBuilder("null");
            case 3: return new StringBuilder("\"").Append(RandomText(random)).Append('"');
            case 4: return RandomObject(random, depth);
            default:
                var text = new StringBuilder("[");
                for (var i = random.Next(0, 4); i > 0; i--)
                {
                    text.Append(RandomValue(random, depth + 1));
                    if (i > 1) text.Append(',');
                }

                return text.Append(']');
        }
    }

    private static string RandomText(Random random)
    {
        string[] pieces = ["a", "{", "}", "[", "]", ":", ",", "\\\"", "\\\\", "\\n", "\\u00e9", "ü", "😀", " ", new string('x', random.Next(70))];
        return string.Concat(Enumerable.Range(0, random.Next(0, 12)).Select(_ => pieces[random.Next(pieces.Length)]));
    }

    private static string Space(Random random) => random.Next(3) == 0 ? " \n" : "";
}
