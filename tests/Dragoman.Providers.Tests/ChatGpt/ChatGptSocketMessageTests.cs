using System.Buffers;
using System.Text;
using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Providers;
using Dragoman.Protocols.Conversation;
using static Dragoman.Providers.Tests.ChatGpt.ChatGptVendor;

namespace Dragoman.Providers.Tests.ChatGpt;

/// <summary>The messages of the Codex backend's WebSocket, one by one.</summary>
public sealed class ChatGptSocketMessageTests
{
    private static ISocketBinding Binding => Module.Sockets!;

    [Theory]
    [InlineData("""{"model":"m","stream":true,"type":"x","input":[]}""", """{"type":"response.create","model":"m","input":[]}""")]
    [InlineData("""{"input":[],"client_metadata":null}""", """{"type":"response.create","input":[]}""")]
    [InlineData("""{"client_metadata":{ "a":"b" },"input":[]}""", """{"type":"response.create","input":[],"client_metadata":{"a":"b"}}""")]
    [InlineData("""{"client_metadata":7}""", """{"type":"response.create","client_metadata":7}""")]
    [InlineData("""{"input":[}""", null)]
    [InlineData("[]", null)]
    public void A_request_is_the_body_as_a_message(string body, string? expected) => Write(body).ShouldBe(expected);

    [Theory]
    [InlineData("{}", """{"type":"response.create","client_metadata":{"x-codex-turn-metadata":"{\"a\":1}"}}""")]
    [InlineData("""{"client_metadata":{}}""", """{"type":"response.create","client_metadata":{"x-codex-turn-metadata":"{\"a\":1}"}}""")]
    [InlineData("""{"client_metadata":{"t":"1"}}""", """{"type":"response.create","client_metadata":{"t":"1","x-codex-turn-metadata":"{\"a\":1}"}}""")]
    [InlineData("""{"client_metadata":{"x-codex-turn-metadata":"own"}}""", """{"type":"response.create","client_metadata":{"x-codex-turn-metadata":"own"}}""")]
    public void What_a_header_says_of_one_request_stands_in_its_message(string body, string expected) => Write(body, new KeyValuePair<string, string>("X-Codex-Turn-Metadata", """{"a":1}""")).ShouldBe(expected);

    [Theory]
    [InlineData("""{"type":"response.output_text.delta","delta":"type"}""", SocketMessageKind.Event, "response.output_text.delta")]
    [InlineData("""{"delta":{"type":"error"},"type":"response.completed"}""", SocketMessageKind.Last, "response.completed")]
    [InlineData("""{"type":"response.failed","response":{}}""", SocketMessageKind.Last, "response.failed")]
    [InlineData("""{"type":"response.done","response":{"status":"incomplete"}}""", SocketMessageKind.Last, "response.incomplete")]
    [InlineData("""{"type":"codex.rate_limits"}""", SocketMessageKind.Beside, "codex.rate_limits")]
    [InlineData("""{"type":"responsesapi.websocket_timing"}""", SocketMessageKind.Beside, "responsesapi.websocket_timing")]
    [InlineData("""{"type":"error","error":{"code":"websocket_connection_limit_reached"}}""", SocketMessageKind.Expired, "error")]
    [InlineData("""{"type":"a\nb"}""", SocketMessageKind.Event, "a\\nb")]
    [InlineData("""{"type":7}""", SocketMessageKind.Event, "")]
    [InlineData("not json", SocketMessageKind.Event, "")]
    [InlineData("", SocketMessageKind.Event, "")]
    public void A_message_is_known_by_its_own_type(string text, SocketMessageKind kind, string name)
    {
        var message = Binding.Read(Encoding.UTF8.GetBytes(text));
        (message.Kind, Encoding.UTF8.GetString(message.Name.Span)).ShouldBe((kind, name));
    }

    [Fact]
    public void An_error_is_the_answer_that_HTTP_would_have_brought()
    {
        var error = Binding.Read("""{"type":"error","status_code":429,"error":{"type":"usage_limit_reached","resets_at":1767243600},"headers":{"x-codex-primary-used-percent":100.0,"retry-after":"9","x-no":null,"x-map":{},"content-type":"text/html","set-cookie":"a","x bad":"1","x-split":"a\r\nb","x-flag":true}}"""u8.ToArray());
        (error.Kind, error.Status, Encoding.UTF8.GetString(error.Body.Span)).ShouldBe((SocketMessageKind.Error, 429, """{"error":{"type":"usage_limit_reached","resets_at":1767243600}}"""));
        error.Headers.ShouldBe([new("x-codex-primary-used-percent", "100.0"), new("retry-after", "9"), new("x-flag", "true")]);
        Binding.Read("""{"type":"error","status":200,"error":{}}"""u8.ToArray()).Status.ShouldBeNull();
        Encoding.UTF8.GetString(Binding.Read("""{"type":"error","status":400,"detail":"no"}"""u8.ToArray()).Body.Span).ShouldBe("""{"type":"error","status":400,"detail":"no"}""");
    }

    [Fact]
    public void Limits_are_what_HTTP_says_in_headers()
    {
        var limits = Binding.Read("""{"type":"codex.rate_limits","plan_type":"plus","rate_limits":{"primary":{"used_percent":42,"window_minutes":300,"reset_at":1767243600},"secondary":{"used_percent":"x","reset_after_seconds":60},"other":{"used_percent":1}},"credits":{}}"""u8.ToArray());
        limits.Headers.ShouldBe([new("x-codex-primary-used-percent", "42"), new("x-codex-primary-window-minutes", "300"), new("x-codex-primary-reset-at", "1767243600"), new("x-codex-secondary-reset-after-seconds", "60")]);
        Binding.Read("""{"type":"codex.rate_limits","rate_limits":{"primary":null,"secondary":null}}"""u8.ToArray()).Headers.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("{}", """{"type":"response.create","client_metadata":{"ws_request_header_traceparent":"00-1-2-01","ws_request_header_tracestate":"a=b"}}""")]
    [InlineData("""{"client_metadata":{"ws_request_header_traceparent":"own"}}""", """{"type":"response.create","client_metadata":{"ws_request_header_traceparent":"own","ws_request_header_tracestate":"a=b"}}""")]
    public void Which_span_asks_stands_in_every_message_unless_the_client_says_it(string body, string expected)
        => Write(body, [], [new("traceparent", "00-1-2-01"), new("tracestate", "a=b")]).ShouldBe(expected);

    private static string? Write(string body, params KeyValuePair<string, string>[] headers) => Write(body, headers, []);

    private static string? Write(string body, KeyValuePair<string, string>[] headers, KeyValuePair<string, string>[] trace)
    {
        var account = AccountOf("chatgpt: [ { name: mine, access-token: token-token } ]\n");
        var output = new ArrayBufferWriter<byte>();
        var call = new UpstreamCall(account, new UpstreamModel("m"), UpstreamOperation.Generate) { Body = Encoding.UTF8.GetBytes(body), ClientHeaders = headers };
        return Binding.TryWriteRequest(call, trace, output) ? Encoding.UTF8.GetString(output.WrittenSpan) : null;
    }
}
