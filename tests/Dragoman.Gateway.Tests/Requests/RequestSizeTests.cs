using System.Text;
using Dragoman.Gateway.Requests;

namespace Dragoman.Gateway.Tests.Requests;

public sealed class RequestSizeTests
{
    [Fact]
    public void Text_counts_by_its_length_and_a_file_by_far_less()
    {
        var text = string.Join(' ', Enumerable.Repeat("word", 10_000));
        RequestSize.TokensOf(Encoding.UTF8.GetBytes($$"""{"messages":[{"content":"{{text}}"}]}""")).ShouldBeInRange(12_000, 13_000);
        var image = new string('A', 1_000_000);
        RequestSize.TokensOf(Encoding.UTF8.GetBytes($$"""{"messages":[{"content":"data:image/png;base64,{{image}}"}]}""")).ShouldBeInRange(10_000, 25_000);
    }

    [Theory]
    [InlineData("""{"model":"m","max_tokens":7}""", 7)]
    [InlineData("""{"max_completion_tokens": 8 ,"model":"m"}""", 8)]
    [InlineData("""{"model":"m","max_output_tokens":9}""", 9)]
    [InlineData("""{"contents":[],"generationConfig":{"temperature":0,"maxOutputTokens":10}}""", 10)]
    [InlineData("""{"model":"m","max_tokens":null}""", null)]
    [InlineData("""{"model":"m","max_tokens":"9"}""", 9)]
    [InlineData("""{"model":"m","max_tokens":-1}""", null)]
    [InlineData("""{"model":"m"}""", null)]
    public void The_output_asked_for_is_found_in_every_language(string body, int? most)
        => RequestEnvelope.Read(Encoding.UTF8.GetBytes(body)).MaxOutput.ShouldBe(most);
}
