using System.Buffers;
using System.Text;
using System.Text.Json;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Json;

namespace Dragoman.Protocols.Tests.Json;

public class JsonTextTests
{
    public static TheoryData<string> Texts => new("", "a", "quote \" slash \\ / line\n\r\t\b\f", "\u0000\u0001\u001f\u007f", "é ß 漢字 😀", "<&>'+", new string('"', 700), new string('x', 2000) + "\n", "\u2028\u2029\uFEFF");

    [Theory]
    [MemberData(nameof(Texts))]
    public void All_forms_agree(string text)
    {
        foreach (var form in Forms(text))
        {
            form.ToString().ShouldBe(text);
            form.Detach().ToString().ShouldBe(text);
            form.IsEmpty.ShouldBe(text.Length == 0);
            form.Equals(Encoding.UTF8.GetBytes(text)).ShouldBeTrue();
            Encoding.UTF8.GetString(form.ToUtf8().Span).ShouldBe(text);
            var plain = new ArrayBufferWriter<byte>();
            form.AppendUtf8(plain);
            Encoding.UTF8.GetString(plain.WrittenSpan).ShouldBe(text);
            var escaped = new ArrayBufferWriter<byte>();
            form.AppendEscaped(escaped);
            JsonText.FromEscaped(escaped.WrittenMemory).ToString().ShouldBe(text);
            JsonSerializer.Deserialize<string>($"\"{Encoding.UTF8.GetString(escaped.WrittenSpan)}\"").ShouldBe(text);
            JsonSerializer.Deserialize<string>(Written(form)).ShouldBe(text);
        }
    }

    [Theory]
    [InlineData("\\ud83d", "\uFFFD")]
    [InlineData("\\ude00x", "\uFFFDx")]
    [InlineData("\\ud83d\\ud83d\\ude00", "\uFFFD😀")]
    [InlineData("\\ud83d\\n", "\uFFFD\n")]
    public void A_lone_surrogate_becomes_the_replacement_mark_and_is_carried_as_it_stood(string escaped, string expected)
    {
        var text = Read($"\"{escaped}\"");
        text.ToString().ShouldBe(expected);
        Written(text).ShouldBe($"\"{escaped}\"");
    }

    [Fact]
    public void Bytes_that_are_not_utf8_are_written_as_replacement_marks()
        => JsonSerializer.Deserialize<string>(Written(JsonText.FromUtf8(new byte[] { (byte)'a', 0xFF, (byte)'b' }))).ShouldBe("a\uFFFDb");

    [Theory]
    [InlineData("\"a\\ud800b\"", "a\uFFFDb")]
    [InlineData("\"a\\u0041\"", "aA")]
    [InlineData("5", null)]
    [InlineData("{\"a\":[1]}", null)]
    public void Reading_a_string_never_throws(string json, string? expected)
    {
        var reader = new Utf8TokenReader(Encoding.UTF8.GetBytes(json));
        reader.Read();
        reader.StringOrNull().ShouldBe(expected);
        reader.Read().ShouldBeFalse();
    }

    [Fact]
    public void Reading_a_string_of_broken_utf8_never_throws()
    {
        byte[] json = [(byte)'"', (byte)'a', 0xC3, (byte)'"'];
        var reader = new Utf8TokenReader(json);
        reader.Read();
        reader.StringOrNull().ShouldBe("a\uFFFD");
    }

    [Theory]
    [InlineData("""{"a":"}\"]","b":[1,{"c":null}]}""")]
    [InlineData("""["\\",{}]""")]
    [InlineData("""{"\u0022":"\\\""}""")]
    public void Progress_closes_with_the_last_bracket_in_every_form(string json)
    {
        foreach (var (whole, last) in new[] { (json[..^1], json[^1..]) })
        {
            foreach (var (begin, end) in Forms(whole).Zip(Forms(last)))
            {
                var progress = default(JsonProgress);
                begin.AddTo(ref progress);
                progress.IsComplete.ShouldBeFalse();
                end.AddTo(ref progress);
                progress.IsComplete.ShouldBeTrue();
            }
        }
    }

    [Theory]
    [InlineData("{\"z\":1, \"a\" : [2]}", "{\"z\":1, \"a\" : [2]}", true)]
    [InlineData("  {}\n", "{}", true)]
    [InlineData("", "{}", true)]
    [InlineData("  ", "{}", true)]
    [InlineData("[1]", "{\"input\":[1]}", false)]
    [InlineData("\"x\"", "{\"input\":\"x\"}", false)]
    [InlineData("{\"cut\":", "{\"input\":\"{\\\"cut\\\":\"}", false)]
    [InlineData("{} {}", "{\"input\":\"{} {}\"}", false)]
    public void Arguments_are_written_as_an_object_unchanged_or_wrapped(string arguments, string expected, bool asTheyWere)
    {
        foreach (var form in Forms(arguments))
        {
            using var output = new PooledBuffer();
            var writer = JsonWriting.Rent(output);
            ToolArguments.FromText(form).WriteAsObject(writer).ShouldBe(asTheyWere);
            JsonWriting.Return(writer);
            Encoding.UTF8.GetString(output.WrittenSpan).ShouldBe(expected);
        }
    }

    [Theory]
    [InlineData("{\"b\":\"\\u00e9\",\"a\":1}")]
    [InlineData("[1, 2]")]
    public void Arguments_keep_their_bytes_between_value_and_string(string json)
    {
        var arguments = ToolArguments.FromValue(JsonSlice.Parse(json));
        using var output = new PooledBuffer();
        var writer = JsonWriting.Rent(output);
        arguments.WriteAsString(writer);
        JsonWriting.Return(writer);
        Read(Encoding.UTF8.GetString(output.WrittenSpan)).ToString().ShouldBe(json);
        arguments.Detach().ToString().ShouldBe(json);
    }

    [Theory]
    [InlineData("data:image/png;base64,QUJD", "image/png", "QUJD", "", null)]
    [InlineData("data:image/png;name=x;base64,QUJD", "image/png", "QUJD", "", null)]
    [InlineData("DATA:image/png;BASE64,QUJD", "image/png", "QUJD", "", null)]
    [InlineData("data:;base64,QUJD", null, "QUJD", "", null)]
    [InlineData("data:text/plain,a%20b", "text/plain", "", "a b", null)]
    [InlineData("data:,hi", "text/plain", "", "hi", null)]
    [InlineData("data:broken", null, "", "", "data:broken")]
    [InlineData("https://example.org/a.png", null, "", "", "https://example.org/a.png")]
    [InlineData("", null, "", "", "")]
    public void A_media_address_is_read_alike_in_every_form(string url, string? type, string base64, string text, string? address)
    {
        foreach (var source in Forms(url).Select(MediaSource.FromUrl).Append(MediaSource.FromUrl(url)))
        {
            source.MediaType.ShouldBe(type);
            source.Base64.ToString().ShouldBe(base64);
            source.Text.ToString().ShouldBe(text);
            source.Url.ShouldBe(address);
            source.IsInline.ShouldBe(base64.Length > 0);
        }
    }

    [Theory]
    [InlineData("data:image/png;base64,QUJD", "data:image/png;base64,QUJD")]
    [InlineData("data:;base64,QUJD", "data:image/jpeg;base64,QUJD")]
    [InlineData("data:text/plain,a%20b", "data:text/plain,a%20b")]
    [InlineData("https://example.org/a.png?x=\"", "https://example.org/a.png?x=\"")]
    public void Media_is_written_back_as_an_address(string url, string expected)
    {
        using var output = new PooledBuffer();
        var writer = JsonWriting.Rent(output);
        MediaSource.FromUrl(url).WriteAsUrl(writer, "image/jpeg");
        JsonWriting.Return(writer);
        Read(Encoding.UTF8.GetString(output.WrittenSpan)).ToString().ShouldBe(expected);
    }

    private static IEnumerable<JsonText> Forms(string text)
    {
        yield return JsonText.From(text);
        yield return JsonText.FromUtf8(Encoding.UTF8.GetBytes(text));
        yield return Read(JsonSerializer.Serialize(text));
        yield return Read(JsonSerializer.Serialize(text, new JsonSerializerOptions { Encoder = JsonWriting.Encoder }));
    }

    private static JsonText Read(string json)
    {
        var bytes = Encoding.UTF8.GetBytes("  " + json);
        var reader = new Utf8TokenReader(bytes);
        reader.Read();
        return JsonText.From(ref reader, bytes);
    }

    private static string Written(JsonText text)
    {
        using var output = new PooledBuffer();
        var writer = JsonWriting.Rent(output);
        text.WriteTo(writer);
        JsonWriting.Return(writer);
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }
}
