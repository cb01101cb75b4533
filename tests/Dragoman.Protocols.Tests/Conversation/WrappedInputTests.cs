using System.Text;
using System.Text.Json;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Json;

namespace Dragoman.Protocols.Tests.Conversation;

public class WrappedInputTests
{
    [Theory]
    [InlineData("""{"input":"plain"}""", "plain")]
    [InlineData(""" { "input" : "" } """, "")]
    [InlineData("""{"input":"a\"b\\c\/d\n\t\u0041"}""", "a\"b\\c/d\n\tA")]
    [InlineData("""{"input":"\ud83d\ude00 \uD83D\uDE00!"}""", "😀 😀!")]
    [InlineData("""{"input":"é😀"}""", "é😀")]
    [InlineData("""{"input":"x\ud83d"}""", "x\uFFFD")]
    [InlineData("""{"input":"\ud83d\n"}""", "\uFFFD\n")]
    [InlineData("""{"input":"\ud83dx\u0041"}""", "\uFFFDxA")]
    [InlineData("""{"input":"cut off""", "cut off")]
    [InlineData("""{"input":"cut \u00""", "cut ")]
    [InlineData("{\"input\":\"cut \\", "cut ")]
    [InlineData("{\"input\":\"cut \\\"", "cut \"")]
    [InlineData("""{"input":"a","more":1}""", "a")]
    [InlineData("""{"patch":"other key"}""", "other key")]
    [InlineData("\"only a string\"", "only a string")]
    [InlineData("no json at all", "no json at all")]
    [InlineData("""{"a":"x","b":"y"}""", """{"a":"x","b":"y"}""")]
    [InlineData("{}", "")]
    [InlineData("", "")]
    [InlineData("{\"input\":\"raw\nbreak\tand \\'quote\\'\"}", "raw\nbreak\tand 'quote'")]
    public void Takes_the_free_text_out_however_torn(string arguments, string expected)
    {
        var runes = arguments.EnumerateRunes().Select(rune => rune.ToString()).ToArray();
        for (var size = 1; size <= Math.Max(1, runes.Length); size++)
        {
            Unwrap(runes.Chunk(size).Select(chunk => string.Concat(chunk))).ShouldBe(expected, $"pieces of {size}");
        }
    }

    [Fact]
    public void Text_is_passed_on_as_it_comes()
    {
        using var wrapped = new WrappedInput();
        wrapped.Add(JsonText.From("{\"input\":\"ab")).ToString().ShouldBe("ab");
        wrapped.Add(JsonText.From("c\\")).ToString().ShouldBe("c");
        wrapped.Add(JsonText.From("nd")).ToString().ShouldBe("\nd");
        wrapped.Add(JsonText.From("\"}")).IsEmpty.ShouldBeTrue();
        wrapped.Complete().IsEmpty.ShouldBeTrue();
    }

    private static string Unwrap(IEnumerable<string> pieces)
    {
        using var wrapped = new WrappedInput();
        // Every piece is written into JSON, as a client's writer would: it must be legal there by itself.
        var text = new StringBuilder();
        foreach (var piece in pieces) text.Append(AsJson(wrapped.Add(JsonText.From(piece))));
        return text.Append(AsJson(wrapped.Complete())).ToString();
    }

    private static string AsJson(JsonText text)
    {
        using var output = new PooledBuffer();
        var writer = JsonWriting.Rent(output);
        text.WriteTo(writer);
        JsonWriting.Return(writer);
        var reader = new Utf8TokenReader(output.WrittenSpan);
        reader.Read();
        return JsonText.From(ref reader, output.WrittenMemory).ToString();
    }
}
