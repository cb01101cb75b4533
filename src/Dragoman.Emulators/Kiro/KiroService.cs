using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Dragoman.Emulators.CodeWhisperer;
using Dragoman.Emulators.Http;
using Dragoman.Emulators.Json;

namespace Dragoman.Emulators.Kiro;

/// <summary>The service as accounts see it that have signed in: whose token it is, which profile it has to name, what the plan is; what is asked of models, <see cref="CodeWhispererApi"/> answers.</summary>
internal sealed partial class KiroService(KiroGrants grants, CodeWhispererApi models)
{
    private const int Credits = 1000;

    public Reply Answer(Call call, RequestContext request, string operation)
    {
        var person = grants.PersonOf(call.Bearer, request.Options.Time.GetUtcNow()) ?? throw new Refusal(403, "The bearer token included in the request is invalid.");
        if (person.IsSuspended) throw new Refusal(403, "Your User ID temporarily is suspended. We've locked your account as a security precaution.", code: "TEMPORARILY_SUSPENDED");
        if ((person.Kind == "external") != (call.Header("tokentype") == "EXTERNAL_IDP")) throw new Refusal(403, "The bearer token included in the request is invalid.");
        switch (operation)
        {
            case "generateAssistantResponse" or "mcp" when call.IsPost:
                CheckProfile(person, operation == "mcp" ? call.Header("x-amzn-kiro-profile-arn") : call.Json?["profileArn"].Str());
                if (grants.UsedOf(person) >= Credits && !grants.HasOverage(person)) throw new Refusal(402, "You have reached the limit for this month.", code: "MONTHLY_REQUEST_COUNT");
                grants.Spend(person);
                return models.Answer(At(call, "/" + operation), request);
            // The older list refuses all but a Builder ID.
            case "ListAvailableModels":
                if (person.Kind != "builder") throw new Refusal(403, "User is not authorized to make this call.");
                return models.Answer(At(call, "/ListAvailableModels"), request);
            case "List-Available-Models":
                CheckProfile(person, call.Query.GetValueOrDefault("profileArn"));
                return models.Answer(At(call, "/ListAvailableModels"), request);
            case "List-Available-Profiles" when call.IsPost:
                return Reply.Json(new JsonObject { ["profiles"] = person.Profile is { } arn ? new JsonArray(new JsonObject { ["arn"] = arn, ["profileName"] = person.Name }) : new JsonArray() });
            case "getUsageLimits":
                CheckVersion(call, call.Query.GetValueOrDefault("profileArn"), person);
                return Usage(call, person);
            case "setUserPreference" when call.IsPost:
                CheckVersion(call, call.Json?["profileArn"].Str(), person);
                var status = call.Json?["overageConfiguration"]?["overageStatus"].Str();
                if (status is not ("ENABLED" or "DISABLED")) throw new Refusal(400, "Improperly formed request.", code: "REQUEST_BODY_INVALID");
                grants.SetOverage(person, status == "ENABLED");
                return Reply.Json(new JsonObject());
            default:
                throw new Refusal(404, "Unknown operation.", type: "UnknownOperationException");
        }
    }

    private static void CheckProfile(KiroPerson person, string? arn)
    {
        if (arn is null && person.Profile is not null) throw new Refusal(400, "profileArn is required for this request.");
        if (arn is not null && arn != person.Profile) throw new Refusal(400, "Invalid profileArn.");
    }

    /// <summary>Up to 0.9.2 the interface takes no profile, from then on it wants one.</summary>
    private static void CheckVersion(Call call, string? arn, KiroPerson person)
    {
        if (Version().Match(call.Header("user-agent") ?? "") is not { Success: true } version) throw new Refusal(403, "User is not authorized to make this call.");
        if (arn is not null && arn != person.Profile) throw new Refusal(400, "Invalid profileArn.");
        if (arn is null && System.Version.Parse(version.Groups["number"].Value) > new Version(0, 9, 2)) throw new Refusal(403, "User is not authorized to make this call.");
    }

    private Reply Usage(Call call, KiroPerson person)
    {
        var used = grants.UsedOf(person);
        var reset = 1798761600; // 2027-01-01
        return Reply.Json(new JsonObject
        {
            ["nextDateReset"] = reset,
            ["subscriptionInfo"] = new JsonObject { ["type"] = "Q_DEVELOPER_STANDALONE_PRO", ["subscriptionTitle"] = "KIRO PRO", ["overageCapability"] = "OVERAGE_CAPABLE" },
            ["overageConfiguration"] = new JsonObject { ["overageStatus"] = grants.HasOverage(person) ? "ENABLED" : "DISABLED" },
            ["userInfo"] = new JsonObject { ["userId"] = person.UserId, ["email"] = call.Query.GetValueOrDefault("isEmailRequired") == "true" ? $"{person.Name}@example.com" : null },
            ["usageBreakdownList"] = new JsonArray(
                new JsonObject { ["resourceType"] = "VIBE", ["currentUsage"] = 1, ["usageLimit"] = 5 },
                new JsonObject
                {
                    ["resourceType"] = "CREDIT", ["displayNamePlural"] = "Credits", ["currentUsage"] = used, ["currentUsageWithPrecision"] = used, ["usageLimit"] = Credits, ["usageLimitWithPrecision"] = (double)Credits,
                    ["currentOverages"] = 0, ["overageCap"] = 10_000, ["overageRate"] = 0.04, ["overageCharges"] = 0.0, ["currency"] = "USD", ["nextDateReset"] = reset,
                    ["freeTrialInfo"] = new JsonObject { ["freeTrialStatus"] = "EXPIRED", ["currentUsage"] = 500, ["usageLimit"] = 500 },
                    ["bonuses"] = new JsonArray(new JsonObject { ["bonusCode"] = "B1", ["displayName"] = "Welcome", ["status"] = "ACTIVE", ["expiresAt"] = reset, ["currentUsage"] = 25.0, ["usageLimit"] = 100.0 }),
                }),
        });
    }

    private static Call At(Call call, string path)
    {
        var question = call.Target.IndexOf('?', StringComparison.Ordinal);
        return new Call(call.Method, path + (question < 0 ? "" : call.Target[question..]), call.Headers, call.Body);
    }

    [GeneratedRegex("KiroIDE-(?<number>[0-9]+(\\.[0-9]+){1,3})-[0-9a-f]{64}", RegexOptions.ExplicitCapture, 10_000)]
    private static partial Regex Version();
}
