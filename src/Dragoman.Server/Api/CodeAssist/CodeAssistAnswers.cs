using System.Collections.Frozen;
using System.Text;

namespace Dragoman.Server.Api.CodeAssist;

/// <summary>
/// What Gemini CLI asks Code Assist beside answers, as this gateway answers it: it is set up, has a project, and nobody limits or tries out anything here. The shapes are those that
/// Gemini CLI reads (packages/core/src/code_assist/types.ts of google-gemini/gemini-cli; wire note surface-clients 1.4).
/// </summary>
internal static class CodeAssistAnswers
{
    private const string Tier = """{"id":"standard-tier","name":"Dragoman","description":"Models behind this gateway","userDefinedCloudaicompanionProject":false,"isDefault":true}""";

    private static readonly FrozenDictionary<string, byte[]> Known = new Dictionary<string, string>
    {
        ["loadCodeAssist"] = $$"""{"currentTier":{{Tier}},"allowedTiers":[{{Tier}}],"cloudaicompanionProject":"dragoman","gcpManaged":false}""",
        ["onboardUser"] = """{"name":"operations/onboard","done":true,"response":{"cloudaicompanionProject":{"id":"dragoman","name":"dragoman"}}}""",
        ["retrieveUserQuota"] = """{"buckets":[]}""",
        ["listExperiments"] = """{"experimentIds":[],"flags":[]}""",
        ["fetchAdminControls"] = "{}",
        ["getCodeAssistGlobalUserSetting"] = """{"freeTierDataCollectionOptin":false}""",
        ["setCodeAssistGlobalUserSetting"] = """{"freeTierDataCollectionOptin":false}""",
        // Telemetry is taken and forgotten.
        ["recordCodeAssistMetrics"] = "{}",
        ["recordClientEvent"] = "{}",
    }.ToFrozenDictionary(pair => pair.Key, pair => Encoding.UTF8.GetBytes(pair.Value), StringComparer.Ordinal);

    /// <summary>The state of an onboarding, which was done at once.</summary>
    public static byte[] Onboarded => Known["onboardUser"];

    /// <summary>The answer to a method; null for one that is not known.</summary>
    public static byte[]? Find(string method) => Known.GetValueOrDefault(method);
}
