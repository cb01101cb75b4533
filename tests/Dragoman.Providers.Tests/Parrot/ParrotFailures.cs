using System.Text;
using Dragoman.Gateway.Persistence;
using Dragoman.Gateway.Providers;
using Dragoman.Providers.Abstractions;

namespace Dragoman.Providers.Tests.Parrot;

/// <summary>The usual meanings of statuses, and what only this vendor says: a parrot that sleeps has used up its day; a token that has expired says so in the body.</summary>
internal sealed class ParrotFailures : IFailureClassifier
{
    public Failure Classify(in UpstreamFailure failure)
    {
        var usual = StatusFailures.Instance.Classify(failure);
        var words = Encoding.UTF8.GetString(failure.Body.Span);
        if (words.Contains("\"asleep\"", StringComparison.Ordinal)) return usual with { Class = FailureClass.QuotaExhausted, Until = failure.Now.AddHours(8) };
        return words.Contains("token expired", StringComparison.Ordinal) ? usual with { Class = FailureClass.AuthExpired } : usual;
    }
}
