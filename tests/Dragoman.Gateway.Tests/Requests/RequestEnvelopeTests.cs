using System.Text;
using Dragoman.Gateway.Requests;
using Dragoman.Protocols;

namespace Dragoman.Gateway.Tests.Requests;

/// <summary>One body has one reading: what the gateway decides on is what every upstream reads.</summary>
public sealed class RequestEnvelopeTests
{
    [Theory]
    [InlineData("model", "\"a\"", "\"b\"")]
    [InlineData("stream", "false", "true")]
    [InlineData("stream_options", "{}", "{}")]
    [InlineData("max_tokens", "1", "90000")]
    [InlineData("max_completion_tokens", "1", "90000")]
    [InlineData("max_output_tokens", "1", "90000")]
    [InlineData("n", "1", "100")]
    [InlineData("best_of", "1", "100")]
    [InlineData("generationConfig", "{}", "{\"maxOutputTokens\":90000}")]
    [InlineData("systemInstruction", "{}", "{}")]
    [InlineData("previous_response_id", "\"a\"", "\"b\"")]
    [InlineData("conversation", "\"a\"", "\"b\"")]
    [InlineData("thread", "{}", "{}")]
    [InlineData("store", "false", "true")]
    [InlineData("background", "false", "true")]
    [InlineData("metadata", "{}", "{}")]
    [InlineData("prompt_cache_key", "\"a\"", "\"b\"")]
    [InlineData("messages", "[]", "[]")]
    [InlineData("input", "[]", "[]")]
    [InlineData("contents", "[]", "[]")]
    [InlineData("prompt", "\"a\"", "[\"b\",\"c\"]")]
    [InlineData("models", "[]", "[]")]
    [InlineData("type", "\"a\"", "\"b\"")]
    [InlineData("generate", "false", "true")]
    public void A_member_that_decides_is_refused_doubled_escaped_and_in_another_case(string name, string first, string second)
    {
        RequestEnvelope.Read(Encoding.UTF8.GetBytes($$"""{"a":1,"{{name}}":{{first}},"temperature":0}"""));
        Refused($$"""{"{{name}}":{{first}},"a":1,"{{name}}":{{second}}}""").Code.ShouldBe("duplicate_parameter");
        var escaped = $"\\u{(int)name[0]:x4}{name[1..]}";
        var upper = char.ToUpperInvariant(name[0]) + name[1..];
        var all = string.Concat(name.Select(letter => $"\\u{(int)letter:X4}"));
        foreach (var variant in (string[])[escaped, upper, name.ToUpperInvariant(), all, name.Replace("s", "\u017f", StringComparison.Ordinal).Replace("k", "\u212a", StringComparison.Ordinal), name + "\\u0000x"])
        {
            if (variant == name) continue;
            Refused($$"""{"{{name}}":{{first}},"{{variant}}":{{second}}}""").Code.ShouldBe("ambiguous_parameter", variant);
            Refused($$"""{"{{variant}}":{{second}}}""").Param.ShouldBe(name, variant);
        }
    }

    [Theory]
    [InlineData("""{"generationConfig":{"maxOutputTokens":1},"generation_config":{"maxOutputTokens":90000}}""")]
    [InlineData("""{"generationConfig":{"maxOutputTokens":1,"maxOutputTokens":90000}}""")]
    [InlineData("""{"generationConfig":{"maxOutputTokens":1,"max_output_tokens":90000}}""")]
    [InlineData("""{"generationConfig":{"maxOutputTokens":1,"MaxOutputTokens":90000}}""")]
    [InlineData("""{"generationConfig":{"\u006daxOutputTokens":90000}}""")]
    [InlineData("""{"generationConfig":{"candidateCount":1,"candidate_count":8}}""")]
    [InlineData("""{"stream_options":{"include_usage":true,"include_usage":false}}""")]
    [InlineData("""{"conversation":{"id":"mine","id":"yours"}}""")]
    [InlineData("""{"conversation":{"id":"mine","ID":"yours"}}""")]
    [InlineData("""{"metadata":{"user_id":"a","user_id":"b"}}""")]
    [InlineData("""{"store":"false"}""")]
    [InlineData("""{"background":1}""")]
    [InlineData("""{"stream":"true"}""")]
    public void Nested_members_and_flags_have_one_reading_too(string body) => Refused(body).Kind.ShouldBe(ErrorKind.InvalidRequest);

    [Theory]
    [InlineData("""{"model":"m","Temperature":1,"temperature":0,"temperature":1,"user":"a","USER":"b"}""")]
    [InlineData("""{"model":"m","tools":[{"model":"x","Model":"y"}],"messages":[{"role":"user","content":"{\"model\":\"z\"}","n":1,"n":2}]}""")]
    [InlineData("""{"model":"m","metadata":{"User_Id":"a","user_id":"b","Model":"c"}}""")]
    [InlineData("""{"model":"m","max_tokens":null,"stream":null,"store":null,"background":null,"conversation":null}""")]
    public void What_decides_nothing_is_the_upstreams_to_judge(string body) => RequestEnvelope.Read(Encoding.UTF8.GetBytes(body)).Model.ShouldBe("m");

    [Theory]
    [InlineData("""{"max_tokens":9e4}""", 90_000, 1)]
    [InlineData("""{"max_tokens":90000.0}""", 90_000, 1)]
    [InlineData("""{"max_tokens":"90000"}""", 90_000, 1)]
    [InlineData("""{"max_tokens":"90_000"}""", 90_000, 1)]
    [InlineData("""{"max_tokens":10,"max_completion_tokens":90000}""", 90_000, 1)]
    [InlineData("""{"max_completion_tokens":90000,"max_tokens":10}""", 90_000, 1)]
    [InlineData("""{"generationConfig":{"candidateCount":8,"maxOutputTokens":"90000"}}""", 90_000, 8)]
    [InlineData("""{"generation_config":{"candidate_count":8,"max_output_tokens":90000}}""", 90_000, 8)]
    [InlineData("""{"n":3,"max_tokens":7}""", 7, 3)]
    [InlineData("""{"n":"3","max_tokens":7}""", 7, 3)]
    [InlineData("""{"n":2,"best_of":5,"max_tokens":7}""", 7, 5)]
    [InlineData("""{"prompt":["a","b","c"],"n":2,"max_tokens":7}""", 7, 6)]
    [InlineData("""{"prompt":[[1,2],[3]],"max_tokens":7}""", 7, 2)]
    [InlineData("""{"prompt":[1,2,3],"max_tokens":7}""", 7, 1)]
    [InlineData("""{"n":1e300,"max_tokens":1e300}""", 1_000_000_000, 10_000)]
    public void The_most_that_may_be_written_is_reserved(string body, long most, int answers)
    {
        var head = RequestEnvelope.Read(Encoding.UTF8.GetBytes(body));
        head.MaxOutput.ShouldBe(most);
        head.Answers.ShouldBe(answers);
        new RequestSize(1, head.MaxOutput, head.Answers).Output(5).ShouldBe(most * answers);
    }

    [Fact]
    public void Models_to_fall_back_to_are_found_however_they_nest()
        => RequestEnvelope.Read("""{"model":"m","models":["a","b"],"fallbacks":[{"m":["c"]},{"model":"d"}]}"""u8).OtherModels.ShouldBe(["a", "b", "c", "d"]);

    private static WireError Refused(string body) => Should.Throw<WireException>(() => RequestEnvelope.Read(Encoding.UTF8.GetBytes(body)), body).Error;
}
