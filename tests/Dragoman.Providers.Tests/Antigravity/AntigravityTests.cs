using System.Buffers;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using System.Web;
using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Configuration;
using Dragoman.Gateway.Providers;
using Dragoman.Gateway.Providers.Logins;
using Dragoman.Gateway.Providers.Vendor;
using Dragoman.Protocols.Conversation;
using Dragoman.Providers.Antigravity;
using Dragoman.Providers.Tests.Support;
using Dragoman.Server.Hosting;
using Microsoft.Extensions.Logging;

namespace Dragoman.Providers.Tests.Antigravity;

/// <summary>Google Antigravity: signing in, the order of its set-up, its wrapping, its quotas.</summary>
public sealed class AntigravityTests
{
    private static readonly ProviderModule Module = AntigravityModule.Create();

    private static IBrowserLogin Browser => (IBrowserLogin)Module.Logins.Single(flow => flow.Id == "browser");

    [Fact]
    public async Task A_tier_that_is_not_named_is_asked_for_with_the_project()
    {
        await using var vendor = await EmulatedVendor.StartAsync();
        var login = await SignInAsync(vendor, "paid");
        var credential = login.Credential.ShouldBeOfType<OAuthCredential>();
        (login.Label, login.Plan, credential.Extra["project"], login.Settings["base-url"]).ShouldBe(("paid@example.com", "g1-ultra-tier", "project-of-paid", $"{vendor.Address}/antigravity"));
        Methods(vendor).ShouldBe(["v1internal:loadCodeAssist", "v1internal:loadCodeAssist"]);
        login.AccountId.ShouldNotBeNull().ShouldNotContain("@");
    }

    [Fact]
    [Trait("check", "antigravity 83")]
    public async Task An_account_that_was_never_set_up_is_asked_about_by_its_operation_and_loaded_again()
    {
        await using var vendor = await EmulatedVendor.StartAsync();
        var signing = SignInAsync(vendor, "new");
        await vendor.Time.UntilAsync(() => signing.IsCompleted);
        ((OAuthCredential)(await signing).Credential).Extra["project"].ShouldBe("project-of-new");
        Methods(vendor).ShouldBe(["v1internal:loadCodeAssist", "v1internal:onboardUser", "operations/new", "v1internal:loadCodeAssist"]);
        vendor.Host.Requests.Single(request => request.Target.Contains("onboardUser", StringComparison.Ordinal)).Text.ShouldNotContain("cloudaicompanionProject");
    }

    [Fact]
    public async Task Who_has_to_be_verified_gets_the_vendors_link()
    {
        await using var vendor = await EmulatedVendor.StartAsync();
        (await Should.ThrowAsync<LoginException>(() => SignInAsync(vendor, "unverified"))).Fix.ShouldBe("Google wants the account to be verified: https://accounts.google.com/verify");
    }

    [Fact]
    public async Task The_browser_comes_back_to_one_of_six_ports()
    {
        await using var vendor = await EmulatedVendor.StartAsync();
        var rule = Browser.Redirect(Context(vendor));
        rule.Ports.ShouldBe([51121, 51122, 51123, 51124, 51125, 51126]);
        (rule.Host, rule.Path, rule.CodePage).ShouldBe(("localhost", "/oauth-callback", null));
        (Module.Descriptor.ThirdPartyUse.Position, Module.Settings!.Fields.Single(field => field.Name == "client-secret").Default).ShouldBe((ThirdPartyPosition.Forbidden, null));
    }

    [Theory]
    [InlineData("claude-opus-4-6-thinking", 64_000)]
    [InlineData("gemini-3.8-flash-high", 100_000)]
    public void The_wrapping_leaves_safety_settings_out_and_caps_what_claude_models_give(string model, int tokens)
    {
        var body = """{"contents":[{"role":"user","parts":[{"text":"hi"}]},{"role":"model","parts":[]}],"safetySettings":[1],"generationConfig":{"temperature":1,"maxOutputTokens":100000}}""";
        var losses = new Losses();
        var wrapped = Wrap(model, Edit(model, body, losses));
        losses.Items.Select(item => item.Path).ShouldBe(tokens < 100_000 ? ["generationConfig.maxOutputTokens"] : []);
        wrapped.Select(member => member.Key).ShouldBe(["project", "model", "userAgent", "requestType", "requestId", "request"]);
        var request = wrapped["request"]!.AsObject();
        request.Select(member => member.Key).ShouldBe(["sessionId", "contents", "generationConfig"]);
        request["generationConfig"]!.ToJsonString().ShouldBe($$"""{"temperature":1,"maxOutputTokens":{{tokens}}}""");
        wrapped["requestId"]!.GetValue<string>().ShouldStartWith("agent-");
    }

    [Theory]
    [InlineData("", """{"functionCallingConfig":{"mode":"VALIDATED"}}""")]
    [InlineData(""","toolConfig":{"functionCallingConfig":{"mode":"AUTO"}}""", """{"functionCallingConfig":{"mode":"VALIDATED"}}""")]
    [InlineData(""","toolConfig":{"functionCallingConfig":{"mode":"ANY","allowedFunctionNames":["f"]}}""", """{"functionCallingConfig":{"mode":"ANY","allowedFunctionNames":["f"]}}""")]
    [InlineData(""","toolConfig":{"functionCallingConfig":{"mode":"NONE"}}""", """{"functionCallingConfig":{"mode":"NONE"}}""")]
    [InlineData(""","toolConfig":{"retrievalConfig":{}}""", """{"retrievalConfig":{},"functionCallingConfig":{"mode":"VALIDATED"}}""")]
    public void Claude_models_call_tools_in_validated_mode(string config, string written)
    {
        var body = """{"contents":[],"tools":[{"functionDeclarations":[{"name":"f","parametersJsonSchema":{"type":"object","properties":{"a":{}},"required":["a"]}}]}]CONFIG}""".Replace("CONFIG", config, StringComparison.Ordinal);
        var edited = JsonNode.Parse(Edit("claude-sonnet-4-6", body, new Losses()))!;
        edited["toolConfig"]!.ToJsonString().ShouldBe(written);
        edited["tools"]!.ToJsonString().ShouldBe(JsonNode.Parse(body)!["tools"]!.ToJsonString(), "what has a required parameter stays");
        Edit("gemini-3.8-flash-high", body, new Losses()).ShouldBe(body);
    }

    [Theory]
    [InlineData("", """parametersJsonSchema":{"type":"object","properties":{FLAG},"required":["_placeholder"]}""")]
    [InlineData(""","parameters":{"type":"OBJECT"}""", """parameters":{"type":"OBJECT","properties":{FLAG},"required":["_placeholder"]}""")]
    [InlineData(""","parametersJsonSchema":{"properties":{"a":{"type":"string"}},"required":[]}""", """parametersJsonSchema":{"type":"object","properties":{"a":{"type":"string"},FLAG},"required":["_placeholder"]}""")]
    public void A_tool_without_a_required_parameter_is_given_one(string schema, string written)
    {
        const string flag = "\"_placeholder\":{\"type\":\"boolean\",\"description\":\"Always true.\"}";
        var edited = Edit("claude-sonnet-4-6", """{"tools":[{"functionDeclarations":[{"name":"f"SCHEMA}]},{"googleSearch":{}}]}""".Replace("SCHEMA", schema, StringComparison.Ordinal), new Losses());
        edited.ShouldBe(
            """{"tools":[{"functionDeclarations":[{"name":"f","WRITTEN}]},{"googleSearch":{}}],"toolConfig":{"functionCallingConfig":{"mode":"VALIDATED"}}}"""
                .Replace("WRITTEN", written, StringComparison.Ordinal).Replace("FLAG", flag, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("""{"_placeholder":true}""", "{}")]
    [InlineData("""{"a":1,"_placeholder":true}""", """{"a":1}""")]
    [InlineData("""{"_placeholder": true , "a":1}""", """{ "a":1}""")]
    [InlineData("""{"a":1, "_placeholder":true,"b":{"x":"_placeholder"}}""", """{"a":1, "b":{"x":"_placeholder"}}""")]
    [InlineData("""{"a":"\"_placeholder\":true"}""", """{"a":"\"_placeholder\":true"}""")]
    public void The_parameter_of_no_meaning_does_not_reach_the_client(string args, string shown)
    {
        string Body(string text) => """{"candidates":[{"content":{"parts":[{"functionCall":{"name":"f","args":ARGS}}]}}]}""".Replace("ARGS", text, StringComparison.Ordinal);
        Encoding.UTF8.GetString(Module.Envelope!.UnwrapResponse(Encoding.UTF8.GetBytes($"{{\"response\":{Body(args)},\"traceId\":\"t\"}}")).Span).ShouldBe(Body(shown));
    }

    [Fact]
    public void A_budget_that_fills_the_answer_is_lowered()
    {
        var losses = new Losses();
        Edit("claude-opus-4-6-thinking", """{"generationConfig":{"maxOutputTokens":128000,"thinkingConfig":{"includeThoughts":true,"thinkingBudget":100000}}}""", losses)
            .ShouldBe("""{"generationConfig":{"maxOutputTokens":64000,"thinkingConfig":{"include_thoughts":true,"thinking_budget":55808}}}""");
        losses.Items.Count.ShouldBe(2);
    }

    [Fact]
    public async Task Models_are_listed_without_those_that_the_program_uses_for_itself()
    {
        await using var vendor = await EmulatedVendor.StartAsync();
        var account = AccountOf(new OAuthCredential { AccessToken = "ya29-login-paid" }, $", base-url: '{vendor.Address}/antigravity'");
        using var http = new HttpClient();
        using var request = await Module.CreateRequestAsync(new UpstreamCall(account, new UpstreamModel(""), UpstreamOperation.ListModels), default);
        using var answer = await http.SendAsync(request!);
        Module.Models!.Read(await answer.Content.ReadAsByteArrayAsync()).ShouldBe(["gemini-3.8-flash-high", "claude-opus-4-6-thinking"]);
    }

    [Theory]
    [InlineData("", "https://daily-cloudcode-pa.googleapis.com", "https://cloudcode-pa.googleapis.com")]
    [InlineData(", fallback-urls: []", "https://daily-cloudcode-pa.googleapis.com", "")]
    [InlineData(", base-url: 'https://a.example'", "https://a.example", "")]
    [InlineData(", base-url: 'https://a.example', fallback-urls: [ 'https://b.example/v1internal' ]", "https://a.example", "https://b.example")]
    public void The_usual_address_has_another_behind_it(string more, string first, string others)
    {
        var account = AccountOf(new OAuthCredential { AccessToken = "ya29.x" }, more);
        (account.BaseUrl, string.Join(' ', account.FallbackUrls)).ShouldBe((first, others));
    }

    [Theory]
    [InlineData("/v1beta/models/claude-sonnet-4-6:generateContent", """{"tools":[{"functionDeclarations":[{"name":"now"}]}],"contents":[{"role":"user","parts":[{"text":"call:now {}"}]}],"generationConfig":{"maxOutputTokens":100000}}""")]
    [InlineData("/v1/chat/completions", """{"model":"claude-sonnet-4-6","max_tokens":100000,"tools":[{"type":"function","function":{"name":"now","parameters":{"type":"object","properties":{}}}}],"messages":[{"role":"user","content":"call:now {}"}]}""")]
    [InlineData("/v1/messages", """{"model":"claude-sonnet-4-6","max_tokens":100000,"stream":true,"tools":[{"name":"now","input_schema":{"type":"object","properties":{}}}],"messages":[{"role":"user","content":"call:now {}"}]}""")]
    public async Task Tools_of_claude_models_are_called_as_their_client_declared_them(string path, string body)
    {
        await using var vendor = await EmulatedVendor.StartAsync();
        await using var gateway = await StartAsync(vendor);
        using var http = new HttpClient { BaseAddress = gateway.Address };
        using var answer = await http.PostAsync(path, new StringContent(body, Encoding.UTF8, "application/json"));
        var text = await answer.Content.ReadAsStringAsync();
        (answer.StatusCode, text.Contains("now", StringComparison.Ordinal), text.Contains("_placeholder", StringComparison.Ordinal)).ShouldBe((HttpStatusCode.OK, true, false), text);
        vendor.Host.Requests[^1].Text.ShouldContain("VALIDATED");
    }

    [Fact]
    public void All_turns_of_a_conversation_have_one_session()
    {
        string Session(string contents) => Wrap("m", $$"""{"contents":{{contents}}}""")["request"]!["sessionId"]!.GetValue<string>();
        var first = Session("""[{"role":"user","parts":[{"text":"hi"}]}]""");
        first.ShouldMatch(@"^-\d+$");
        Session("""[{"role":"user","parts":[{"text":"hi"}]},{"role":"model","parts":[]}]""").ShouldBe(first);
        Session("""[{"role":"user","parts":[{"text":"other"}]}]""").ShouldNotBe(first);
        foreach (var odd in (string[])["[]", "7", "\"x\""]) Session(odd).ShouldMatch(@"^-\d+$");
    }

    [Fact]
    public async Task The_groups_are_told_without_what_is_disabled()
    {
        await using var vendor = await EmulatedVendor.StartAsync();
        var login = (OAuthCredential)(await SignInAsync(vendor, "paid")).Credential;
        var report = await Module.QuotaReader!.ReadAsync(AccountOf(login, $", base-url: '{vendor.Address}/antigravity'"), Context(vendor), default);
        report.Models["Claude and GPT models"].Select(window => (window.Name, window.UsedFraction)).ShouldBe([("5h", 0.5), ("7d", 1.0)]);
        report.Models["Gemini models"].Select(window => (window.Name, window.UsedFraction, window.Remaining)).ShouldBe([("7d", 0.0, 1000L)]);
        report.Plan.ShouldBe("g1-ultra-tier");
    }

    [Theory]
    [InlineData("/v1beta/models/gemini-2.5-pro:generateContent", """{"safetySettings":[],"contents":[{"role":"user","parts":[{"text":"say:hello"}]}]}""")]
    [InlineData("/v1beta/models/gemini-2.5-pro:streamGenerateContent?alt=sse", """{"contents":[{"role":"user","parts":[{"text":"say:hello"}]}]}""")]
    [InlineData("/v1/chat/completions", """{"model":"gemini-2.5-pro","messages":[{"role":"user","content":"say:hello"}]}""")]
    [InlineData("/v1/messages", """{"model":"gemini-2.5-pro","max_tokens":100,"stream":true,"messages":[{"role":"user","content":"say:hello"}]}""")]
    public async Task An_account_serves_every_clients_protocol(string path, string body)
    {
        await using var vendor = await EmulatedVendor.StartAsync();
        await using var gateway = await StartAsync(vendor);
        using var http = new HttpClient { BaseAddress = gateway.Address };
        using var answer = await http.PostAsync(path, new StringContent(body, Encoding.UTF8, "application/json"));
        var text = await answer.Content.ReadAsStringAsync();
        (answer.StatusCode, text.Contains("hello", StringComparison.Ordinal), text.Contains("traceId", StringComparison.Ordinal)).ShouldBe((HttpStatusCode.OK, true, false), text);
        var seen = vendor.Host.Requests[^1];
        seen.Headers["user-agent"].ShouldStartWith("antigravity/hub/2.9.1 dragoman/");
    }

    private static IEnumerable<string> Methods(EmulatedVendor vendor) => vendor.Host.Requests.Where(seen => seen.Target.Contains("v1internal", StringComparison.Ordinal)).Select(seen => seen.Target.Replace("/antigravity/", "", StringComparison.Ordinal).Replace("v1internal/", "", StringComparison.Ordinal));

    internal static VendorContext Context(EmulatedVendor vendor) => vendor.ContextFor(
        Module, $"authorize-url: '{vendor.Address}/antigravity/o/oauth2/v2/auth', token-url: '{vendor.Address}/antigravity/token', userinfo-url: '{vendor.Address}/antigravity/oauth2/v1/userinfo', base-url: '{vendor.Address}/antigravity', client-secret: emulated-secret");

    internal static async Task<LoginResult> SignInAsync(EmulatedVendor vendor, string person)
    {
        const string verifier = "a-verifier-of-sufficient-length-0123456789-abcdefgh";
        var challenge = Convert.ToBase64String(SHA256.HashData(Encoding.ASCII.GetBytes(verifier))).TrimEnd('=').Replace('+', '-').Replace('/', '_');
        var (context, request) = (Context(vendor), new AuthorizationRequest("a-state", verifier, challenge, new Uri("http://localhost:51121/oauth-callback")));
        var (_, sentTo) = await EmulatedVendor.OpenAsync(new Uri(Browser.AddressOf(request, context).AbsoluteUri + $"&emulated_user={person}"));
        return await Browser.RedeemAsync(HttpUtility.ParseQueryString(sentTo!.Query)["code"]!, request, context, default);
    }

    private static Account AccountOf(OAuthCredential credential, string more = "")
    {
        var loaded = new ConfigLoader(TestProviders.CreateRegistry(TimeProvider.System), static _ => null).Load($"antigravity-account: [ {{ name: account, access-token: {credential.AccessToken}{more} }} ]\n", "config.yaml");
        loaded.Problems.ShouldBeEmpty();
        var account = loaded.Config!.Accounts.Single();
        account.Cell.TrySwap(1, credential).ShouldBeTrue();
        return account;
    }

    private static Task<GatewayHost> StartAsync(EmulatedVendor vendor) => GatewayHost.StartAsync(
        new StartOptions
        {
            ConfigText = $"antigravity-account: [ {{ name: account, access-token: ya29-login-paid, project: mine, base-url: '{vendor.Address}/antigravity' }} ]\n", Port = 0, Providers = TestProviders.CreateRegistry, LogLevel = LogLevel.None,
        },
        TestContext.Current.CancellationToken);

    /// <summary>The body as the service takes it.</summary>
    private static string Edit(string model, string body, Losses losses)
    {
        var output = new ArrayBufferWriter<byte>();
        var call = new UpstreamCall(AccountOf(new OAuthCredential { AccessToken = "ya29.x" }), new UpstreamModel(model), UpstreamOperation.Generate) { Body = Encoding.UTF8.GetBytes(body) };
        return Module.Editor!.TryEdit(call, output, losses) ? Encoding.UTF8.GetString(output.WrittenSpan) : body;
    }

    private static JsonObject Wrap(string model, string body)
    {
        var output = new ArrayBufferWriter<byte>();
        var account = AccountOf(new OAuthCredential { AccessToken = "ya29.x", Extra = new Dictionary<string, string> { ["project"] = "found" } });
        Module.Envelope!.WrapRequest(new UpstreamCall(account, new UpstreamModel(model), UpstreamOperation.Generate) { Body = Encoding.UTF8.GetBytes(body) }, output);
        return JsonNode.Parse(output.WrittenSpan)!.AsObject();
    }
}
