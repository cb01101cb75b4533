using Dragoman.Gateway.Configuration;
using Dragoman.Gateway.Providers;
using Dragoman.Protocols.CodeWhisperer.Shared;
using Dragoman.Protocols.Conversation;
using Dragoman.Providers.Kiro;
using Dragoman.Providers.Tests.Support;
using static Dragoman.Providers.Tests.Kiro.KiroTesting;

namespace Dragoman.Providers.Tests.Kiro;

/// <summary>What the service behind Kiro is sent: hosts and regions, headers, the profile.</summary>
public sealed class KiroRequestTests
{
    private const string Models = """
        {"models":[
          {"modelId":"claude-opus-5","tokenLimits":{"maxInputTokens":900000},"promptCaching":{"supportsPromptCaching":true,"maximumCacheCheckpointsPerRequest":3},
           "additionalModelRequestFieldsSchema":{"type":"object","properties":{"thinking":{"type":"object"},"output_config":{"type":"object","properties":{"effort":{"enum":["low","max"]}}}}}},
          {"modelId":"gpt-5.6-sol","additionalModelRequestFieldsSchema":{"properties":{"reasoning":{"properties":{"effort":{"enum":["low","medium"]}}}}}},
          {"modelId":"glm-5"}],"nextToken":null}
        """;

    private readonly ProviderModule _module = KiroModule.Create(TimeProvider.System);

    [Theory]
    [InlineData("access-token: t", "https://q.us-east-1.amazonaws.com")]
    [InlineData("access-token: t, extra: { profile-arn: '" + Arn + "', oidc-region: eu-west-1 }", "https://q.eu-central-1.amazonaws.com")]
    [InlineData("access-token: t, profile-arn: '" + Arn + "'", "https://q.eu-central-1.amazonaws.com")]
    [InlineData("access-token: t, region: us-east-1, profile-arn: '" + Arn + "'", "https://q.us-east-1.amazonaws.com")]
    [InlineData("access-token: t, host: kiro, profile-arn: '" + Arn + "'", "https://runtime.eu-central-1.kiro.dev")]
    [InlineData("access-token: t, base-url: 'http://127.0.0.1:1/x'", "http://127.0.0.1:1/x")]
    [Trait("check", "kiro U24")]
    public async Task U24_the_region_is_the_profiles_and_not_the_logins(string settings, string address)
    {
        using var request = await BuildAsync(_module, CreateAccount(settings));
        request.RequestUri!.AbsoluteUri.ShouldBe(address + "/generateAssistantResponse");
    }

    [Fact]
    [Trait("check", "kiro U25")]
    public async Task U25_an_api_key_says_that_it_is_one_and_a_company_login_too()
    {
        using var key = await BuildAsync(_module, CreateAccount("api-key: ksk_1"));
        (key.Headers.Authorization!.ToString(), key.Headers.GetValues("tokentype").Single()).ShouldBe(("Bearer ksk_1", "API_KEY"));
        using var external = await BuildAsync(_module, CreateAccount("access-token: t, extra: { auth-method: external-idp }"));
        external.Headers.GetValues("tokentype").Single().ShouldBe("EXTERNAL_IDP");
        using var social = await BuildAsync(_module, CreateAccount("access-token: t"));
        social.Headers.Contains("tokentype").ShouldBeFalse();
    }

    [Fact]
    public async Task The_gateway_names_itself_and_what_the_owner_sets_wins()
    {
        using var request = await BuildAsync(_module, CreateAccount("access-token: t"));
        request.Headers.UserAgent.ToString().ShouldStartWith("dragoman/");
        request.Headers.Accept.ToString().ShouldBe("application/vnd.amazon.eventstream");
        (request.Headers.GetValues("x-amzn-codewhisperer-optout").Single(), request.Headers.GetValues("x-amzn-kiro-agent-mode").Single()).ShouldBe(("true", "vibe"));
        using var owners = await BuildAsync(_module, CreateAccount("access-token: t, headers: { User-Agent: mine/1, x-amzn-kiro-agent-mode: spec }"));
        (owners.Headers.UserAgent.ToString(), owners.Headers.GetValues("x-amzn-kiro-agent-mode").Single()).ShouldBe(("mine/1", "spec"));
    }

    [Theory]
    [InlineData("access-token: t, extra: { identity-provider: BuilderId }", "https://q.us-east-1.amazonaws.com/ListAvailableModels?origin=AI_EDITOR&maxResults=50")]
    [InlineData("access-token: t, extra: { identity-provider: Google, profile-arn: 'arn:aws:codewhisperer:us-east-1:1:profile/E' }", "https://management.us-east-1.kiro.dev/List-Available-Models?origin=KIRO_CLI&maxResults=50&profileArn=arn%3Aaws%3Acodewhisperer%3Aus-east-1%3A1%3Aprofile%2FE")]
    [InlineData("access-token: t, base-url: 'http://h'", "http://h/List-Available-Models?origin=KIRO_CLI&maxResults=50")]
    public async Task Only_a_builder_id_gets_its_list_of_models_from_the_older_host(string settings, string address)
    {
        using var request = await BuildAsync(_module, CreateAccount(settings), UpstreamOperation.ListModels);
        request.RequestUri!.AbsoluteUri.ShouldBe(address);
    }

    [Fact]
    public async Task A_search_goes_to_the_services_own_with_the_profile()
    {
        using var request = await BuildAsync(_module, CreateAccount($"access-token: t, profile-arn: '{Arn}'"), body: "{\"id\":\"web_search_tooluse_x\"}");
        request.RequestUri!.AbsoluteUri.ShouldBe("https://q.eu-central-1.amazonaws.com/mcp");
        request.Headers.GetValues("x-amzn-kiro-profile-arn").Single().ShouldBe(Arn);
    }

    [Fact]
    public void What_a_list_says_of_a_model_is_how_it_is_asked()
    {
        var account = CreateAccount($"access-token: t, profile-arn: '{Arn}', max-body-bytes: 1000, calls-in-text: true");
        Options("claude-opus-5").Reasoning.ShouldBe(CodeWhispererReasoning.Tags, "nothing is sent that no list has named");
        Options("gpt-5.6-sol").Reasoning.ShouldBe(CodeWhispererReasoning.Effort);
        _module.Models!.Read(System.Text.Encoding.UTF8.GetBytes(Models)).ShouldBe(["claude-opus-5", "gpt-5.6-sol", "glm-5"]);
        var opus = Options("claude-opus-5-20260901");
        (opus.Reasoning, opus.MaxInputTokens, opus.CachePoints, opus.ProfileArn, opus.MaxBodyBytes, opus.ReadsCallsInText).ShouldBe((CodeWhispererReasoning.Adaptive, 900_000, 3, Arn, 1000, true));
        opus.Efforts.ShouldBe(["low", "max"]);
        Options("gpt-5.6-sol").Efforts.ShouldBe(["low", "medium"]);
        account.Scope.Fits("glm-5").ShouldBeFalse("another module has read the list");
        _module.ScopeOf(account).Fits("glm-5").ShouldBeTrue();
        _module.Models.Read("{\"models\":[{\"modelId\":\"a\"}],\"nextToken\":\"n\"}"u8.ToArray()).ShouldBeNull("half a list proves nothing");
        _module.Models.Read("[]"u8.ToArray()).ShouldBeNull();

        CodeWhispererOptions Options(string model) => _module.OptionsOf(account, new UpstreamModel(model)).ShouldBeOfType<CodeWhispererOptions>();
    }

    [Theory]
    [InlineData("access-token: t, profile-arn: 'arn:aws:s3:::bucket'", "profile-arn")]
    [InlineData("access-token: t, profile-arn: 'arn:aws:codewhisperer:evil.example/:1:profile/E'", "profile-arn")]
    [InlineData("access-token: t, region: 'us-east-1.evil'", "region")]
    [InlineData("access-token: t, host: old", "host")]
    [InlineData("{}", "api-key")]
    public void What_cannot_be_used_is_said(string settings, string path)
        => new ConfigLoader(TestProviders.CreateRegistry(TimeProvider.System), static _ => null).Load($"kiro: [ {(settings == "{}" ? "{ name: m }" : $"{{ {settings} }}")} ]\n", "config.yaml")
            .Problems.ShouldHaveSingleItem().Path.ShouldBe("kiro[0]." + path);

    [Fact]
    public void An_arn_of_a_login_that_is_none_names_no_host()
        => CreateAccount("access-token: t, extra: { profile-arn: 'arn:aws:codewhisperer:evil.example/:1:profile/E' }").BaseUrl.ShouldBe("https://q.us-east-1.amazonaws.com");
}
