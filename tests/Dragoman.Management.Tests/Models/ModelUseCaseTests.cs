using Dragoman.Management.Models;
using Dragoman.Management.Routing;
using Dragoman.Management.Tests.Support;
using static Dragoman.Management.ManagementErrorKind;

namespace Dragoman.Management.Tests.Models;

/// <summary>Models and the routes to them.</summary>
public sealed class ModelUseCaseTests
{
    private const string Config = "openai-compatibility:\n  - { name: one, base-url: 'https://one.example/v1', api-key-entries: [ { api-key: k } ], models: [ m-mini ] }\n";

    [Fact]
    public async Task Models_are_listed_with_who_serves_them()
    {
        await using var fixture = await ManagementFixture.StartAsync(Config);
        var list = fixture.Get<ModelDirectory>().List();
        list.Models.ShouldHaveSingleItem().ShouldSatisfyAllConditions(model => model.Id.ShouldBe("m-mini"), model => model.Servers.ShouldHaveSingleItem().Account.ShouldBe("one"));
        list.Catalog.Source.ShouldBe("built-in");
    }

    [Fact]
    public async Task Reasons_of_a_route_have_codes_that_stay_the_same_beside_their_words()
    {
        const string Two = """
            openai-compatibility:
              - { name: one, base-url: "https://one.example/v1", api-key-entries: [ { api-key: k } ], models: [ m-mini ] }
              - { name: off, base-url: "https://two.example/v1", disabled: true, api-key-entries: [ { api-key: k } ], models: [ m-mini ] }
              - { name: not, base-url: "https://three.example/v1", excluded-models: [ "m-*" ], api-key-entries: [ { api-key: k } ], models: [ m-mini ] }
            """;
        await using var fixture = await ManagementFixture.StartAsync(Two);
        var plan = fixture.Get<RouteExplainer>().Explain("m-mini", null).Done();
        var candidate = plan.Candidates.ShouldHaveSingleItem();
        (candidate.Account, candidate.ReasonCode, candidate.CoolingDownCause).ShouldBe(("one", "round-robin", null));
        plan.Excluded.Select(left => (left.Account, left.ReasonCode, string.Join(' ', left.Values.Select(value => $"{value.Key}={value.Value}")))).ShouldBe([("off", "disabled", ""), ("not", "model_excluded", "pattern=m-*")], ignoreOrder: true);
        plan.Excluded.ShouldAllBe(left => left.Reason.Length > 0);
        plan.Decisions.Select(step => (step.Code, step.Text)).ShouldBe([("configured", plan.Trace[0]), ("priority", plan.Trace[1])]);
    }

    [Fact]
    public async Task A_route_is_explained_and_what_is_not_understood_names_its_field()
    {
        await using var fixture = await ManagementFixture.StartAsync(Config);
        var explainer = fixture.Get<RouteExplainer>();
        var plan = explainer.Explain("m-mini", "anthropic-messages").Done();
        (plan.Candidates.ShouldHaveSingleItem().Account, plan.Error).ShouldBe(("one", null));
        explainer.Explain("nobody-serves-this", null).Done().Error!.Status.ShouldBe(404);
        explainer.ExplainAll(null).Done().Routes.ShouldHaveSingleItem().Model.ShouldBe("m-mini");
        explainer.Explain("", null).Failed(Invalid, "missing_required_parameter").Field.ShouldBe("model");
        explainer.Explain("m-mini", "esperanto").Failed(Invalid, "invalid_value").Field.ShouldBe("protocol");
        explainer.ExplainAll("esperanto").Failed(Invalid, "invalid_value").Field.ShouldBe("protocol");
    }
}
