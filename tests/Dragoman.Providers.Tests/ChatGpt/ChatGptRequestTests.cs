using System.Text;
using System.Text.Json.Nodes;
using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Providers;
using Dragoman.Protocols;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Json;
using static Dragoman.Providers.Tests.ChatGpt.ChatGptVendor;

namespace Dragoman.Providers.Tests.ChatGpt;

/// <summary>What ChatGPT's backend is sent: headers from the token's own claims, and bodies as it takes them.</summary>
public sealed class ChatGptRequestTests
{
    private const string Auth = "https://api.openai.com/auth";

    [Fact]
    public async Task Account_and_region_come_from_the_token_and_the_gateway_names_itself()
    {
        var token = Token($$$"""{"{{{Auth}}}":{"chatgpt_account_id":"acct-1","chatgpt_compute_residency":"eu","chatgpt_account_is_fedramp":true}}""");
        using var request = await BuildAsync(AccountWith($"access-token: '{token}'"), """{"model":"gpt-5.5","prompt_cache_key":"thread-1"}""");
        var headers = request.Headers;
        (request.RequestUri!.AbsoluteUri, headers.Authorization!.ToString()).ShouldBe(("https://chatgpt.com/backend-api/codex/responses", $"Bearer {token}"));
        Header(request, "ChatGPT-Account-Id").ShouldBe("acct-1");
        Header(request, "x-openai-internal-codex-residency").ShouldBe("eu");
        Header(request, "X-OpenAI-Fedramp").ShouldBe("true");
        (Header(request, "originator"), Header(request, "version"), Header(request, "session-id"), Header(request, "Accept")).ShouldBe(("dragoman", "0.171.0", "thread-1", "text/event-stream"));
        headers.UserAgent.ToString().ShouldStartWith("dragoman/");
    }

    [Theory]
    [InlineData("access-token: opaque", null)]
    [InlineData("access-token: opaque, account-id: acct-9", "acct-9")]
    [InlineData("access-token: opaque, account-id: user-9, organization-id: acct-9", "acct-9")]
    public async Task An_account_id_is_sent_where_one_is_known(string credential, string? expected)
    {
        using var request = await BuildAsync(AccountWith(credential), "{}");
        Header(request, "ChatGPT-Account-Id").ShouldBe(expected);
        Header(request, "x-openai-internal-codex-residency").ShouldBeNull();
    }

    [Fact]
    public async Task A_token_of_a_person_without_an_account_gets_no_account_id_of_the_persons()
    {
        var token = Token($$$"""{"sub":"auth0|1","{{{Auth}}}":{"chatgpt_user_id":"user-1"}}""");
        using var request = await BuildAsync(AccountWith($"access-token: '{token}', account-id: user-1"), "{}");
        Header(request, "ChatGPT-Account-Id").ShouldBeNull();
    }

    [Fact]
    public async Task The_list_of_models_is_asked_for_with_the_version_and_read()
    {
        var account = AccountWith("access-token: opaque, client-version: 9.9.9");
        using var request = (await Module.CreateRequestAsync(new UpstreamCall(account, new UpstreamModel(""), UpstreamOperation.ListModels), default)).ShouldNotBeNull();
        request.RequestUri!.AbsoluteUri.ShouldBe("https://chatgpt.com/backend-api/codex/models?client_version=9.9.9");
        Module.Models!.Read("""{"models":[{"slug":"gpt-6.2-sol","visibility":"list"},{"slug":"codex-auto-review","visibility":"hide"}]}"""u8.ToArray()).ShouldBe(["gpt-6.2-sol", "codex-auto-review"]);
        Module.Models.Read("<html>"u8.ToArray()).ShouldBeNull();
        (await Module.CreateRequestAsync(new UpstreamCall(account, new UpstreamModel("m"), UpstreamOperation.CountTokens), default)).ShouldBeNull("the backend counts no tokens");
    }

    [Fact]
    public void The_owner_hears_of_an_ended_subscription_and_of_a_token_that_cannot_be_renewed()
    {
        var now = new DateTimeOffset(2026, 11, 30, 12, 0, 0, TimeSpan.Zero);
        var token = Token($$$"""{"exp":1,"{{{Auth}}}":{"chatgpt_subscription_active_until":"2026-11-01T00:00:00+00:00"}}""");
        Module.WarningsOf(AccountWith($"access-token: '{token}', refresh-token: rt"), now).Select(static warning => (warning.Code, warning.Text)).ShouldBe([("subscription_ended", "The subscription has ended on 2026-11-01, as the token says.")]);
        Module.WarningsOf(AccountWith("access-token: opaque, expires-at: 2026-12-01T12:00:00Z"), now).Select(static warning => (warning.Code, warning.Text)).ShouldBe([("token_ends", "The token ends on 2026-12-01 12:00 UTC and cannot be renewed; sign in again.")]);
        Module.WarningsOf(AccountWith("access-token: opaque, refresh-token: rt, expires-at: 2026-12-01T12:00:00Z"), now).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("""{"model":"m","input":"hi \"you\""}""", """{"model":"m","input":[{"type":"message","role":"user","content":[{"type":"input_text","text":"hi \"you\""}]}],"instructions":"","include":["reasoning.encrypted_content"],"store":false,"stream":true}""", "")]
    [InlineData("""{"store":true,"stream":false,"model":"m","instructions":null,"input":[],"include":null}""", """{"model":"m","input":[],"include":["reasoning.encrypted_content"],"instructions":"","store":false,"stream":true}""", "")]
    [InlineData("""{"model":"m","input":[{"role":"system","content":"s"},{"type":"function_call","id":"fc_1","call_id":"c","name":"n","arguments":"{}"},{"type":"mcp_approval_request","id":"mcpr_1"}],"instructions":"i","include":["web_search_call.action.sources"]}""",
        """{"model":"m","input":[{"role":"developer","content":"s"},{"type":"function_call","call_id":"c","name":"n","arguments":"{}"},{"type":"mcp_approval_request","id":"mcpr_1"}],"instructions":"i","include":["reasoning.encrypted_content","web_search_call.action.sources"],"store":false,"stream":true}""", "")]
    [InlineData("""{"model":"m","input":[],"temperature":1,"top_p":1.0,"truncation":"disabled","service_tier":"auto","metadata":{},"background":false,"user":null,"parallel_tool_calls":true,"previous_response_id":null}""",
        """{"model":"m","input":[],"instructions":"","include":["reasoning.encrypted_content"],"store":false,"stream":true}""", "")]
    [InlineData("""{"max_output_tokens":5,"temperature":0.5,"top_p":0.1,"truncation":"auto","service_tier":"flex","metadata":{"a":"b"},"user":"u","safety_identifier":"s","stream_options":{"include_obfuscation":false},"model":"m","input":[]}""",
        """{"model":"m","input":[],"instructions":"","include":["reasoning.encrypted_content"],"store":false,"stream":true}""", "max_output_tokens temperature top_p truncation service_tier metadata user safety_identifier stream_options")]
    [InlineData("""{"model":"m","input":[],"tools":[{"type":"function","name":"f"}],"parallel_tool_calls":false,"service_tier":"priority","reasoning":{"effort":"high"},"client_metadata":{"x":1},"new_field":[1, 2],"instructions":"i","include":["message.output_text.logprobs"]}""",
        """{"model":"m","input":[],"tools":[{"type":"function","name":"f"}],"parallel_tool_calls":false,"service_tier":"priority","reasoning":{"effort":"high"},"client_metadata":{"x":1},"new_field":[1, 2],"instructions":"i","include":["reasoning.encrypted_content"],"store":false,"stream":true}""", "include")]
    [InlineData("""{"model":"m","input":[{"role":"user","content":[{"type":"input_text","text":"a","prompt_cache_breakpoint":{"mode":"x"}},{"type":"input_text","text":"b"}]}],"instructions":""}""",
        """{"model":"m","input":[{"role":"user","content":[{"type":"input_text","text":"a"},{"type":"input_text","text":"b"}]}],"instructions":"","include":["reasoning.encrypted_content"],"store":false,"stream":true}""", "input[].content[].prompt_cache_breakpoint")]
    public void A_body_becomes_one_that_the_backend_takes_and_what_is_lost_is_said(string body, string expected, string lost)
    {
        var (edited, losses) = Edit(body);
        edited.ShouldBe(expected);
        JsonNode.Parse(edited!).ShouldNotBeNull();
        losses.Items.Select(loss => loss.Path).ShouldBe(lost.Split(' ', StringSplitOptions.RemoveEmptyEntries));
    }

    [Theory]
    [InlineData("""{"model":"m","previous_response_id":"resp_1","input":"go on"}""")]
    [InlineData("""{"model":"m","input":[{"type":"item_reference","id":"msg_1"}]}""")]
    public void What_only_a_backend_that_keeps_responses_could_answer_is_not_sent(string body)
        => Should.Throw<WireException>(() => Edit(body)).Error.Code.ShouldBe("previous_response_not_found");

    [Theory]
    [InlineData("not json")]
    [InlineData("""{"model":"m" """)]
    [InlineData("""{"model":"m","input":[{"role":]}""")]
    public void What_is_no_JSON_goes_as_it_is(string body) => Edit(body).Body.ShouldBeNull();

    [Fact]
    public void A_body_in_Codexs_own_lite_form_gets_nothing_that_the_form_leaves_out()
    {
        var (edited, _) = Edit("""{"model":"m","input":[],"parallel_tool_calls":false}""", new KeyValuePair<string, string>("x-openai-internal-codex-responses-lite", "true"));
        edited.ShouldBe("""{"model":"m","input":[],"parallel_tool_calls":false,"include":["reasoning.encrypted_content"],"store":false,"stream":true}""");
    }

    private static (string? Body, Losses Losses) Edit(string body, params KeyValuePair<string, string>[] headers)
    {
        using var output = new PooledBuffer();
        var losses = new Losses();
        var call = new UpstreamCall(AccountWith("access-token: opaque"), new UpstreamModel("m"), UpstreamOperation.Generate) { Body = Encoding.UTF8.GetBytes(body), ClientHeaders = headers };
        return (Module.Editor!.TryEdit(call, output, losses) ? Encoding.UTF8.GetString(output.WrittenSpan) : null, losses);
    }

    private static string? Header(HttpRequestMessage request, string name) => request.Headers.TryGetValues(name, out var values) ? values.Single() : null;

    private static Account AccountWith(string credential) => AccountOf($"chatgpt: [ {{ name: mine, {credential} }} ]\n");

    private static async Task<HttpRequestMessage> BuildAsync(Account account, string body)
        => (await Module.CreateRequestAsync(new UpstreamCall(account, new UpstreamModel("gpt-5.5"), UpstreamOperation.Generate) { Body = Encoding.UTF8.GetBytes(body) }, default)).ShouldNotBeNull();
}
