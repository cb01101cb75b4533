using System.Text.RegularExpressions;
using Dragoman.Gateway.Persistence;

namespace Dragoman.Gateway.Flows;

/// <summary>Whether a flow that is not in the store yet fits a query: the store's rules, for listeners.</summary>
public sealed class FlowMatching
{
    private readonly FlowQuery _query;
    private readonly Regex? _model;
    private readonly string[] _terms;

    /// <summary>The rules of a query.</summary>
    public FlowMatching(FlowQuery query)
    {
        ArgumentNullException.ThrowIfNull(query);
        _query = query;
        _terms = TermsOf(query.Text);
        if (query.Model is { } model)
            _model = new Regex("^" + Regex.Escape(model).Replace("\\*", ".*", StringComparison.Ordinal) + "$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.NonBacktracking | RegexOptions.Singleline);
    }

    /// <summary>Whether it fits.</summary>
    public bool Fits(FlowRecord flow)
    {
        ArgumentNullException.ThrowIfNull(flow);
        return (_model is null || _model.IsMatch(flow.Model) || _model.IsMatch(flow.RequestedModel))
            && (_query.Provider is null || _query.Provider == flow.Provider)
            && (_query.Account is null || _query.Account == flow.AccountId || _query.Account == flow.AccountLabel)
            && (_query.Key is null || _query.Key == flow.KeyId || _query.Key == flow.KeyName)
            && (_query.Client is null || _query.Client == flow.Client)
            && (_query.Session is null || _query.Session == flow.Session)
            && (_query.StatusFrom is not { } low || flow.Status >= low)
            && (_query.StatusTo is not { } high || flow.Status <= high)
            && (_query.From is not { } from || flow.StartedAt >= from)
            && (_query.To is not { } to || flow.StartedAt < to)
            && (_query.HasLosses is not { } losses || losses == (flow.Losses.Count > 0))
            && (_query.Bookmarked is not { } bookmarked || bookmarked == (flow.Marks.Bookmarked ?? false))
            && (_query.Tag is null || (flow.Marks.Tags ?? []).Contains(_query.Tag))
            && (_query.IsRefused is not { } refused || refused == flow.IsRefused)
            && HasWords(flow);
    }

    private bool HasWords(FlowRecord flow)
    {
        if (_query.Text is null) return true;
        if (_terms.Length == 0) return false;
        var all = TermsOf(string.Join(' ', [flow.Id, flow.RequestedModel, flow.Model, flow.Provider, flow.AccountLabel, flow.KeyName, flow.UserAgent, flow.Surface, flow.Session, flow.Error, flow.Preview, flow.SearchText,
            .. flow.Attempts.Select(attempt => $"{attempt.AccountLabel} {attempt.Outcome}")]));
        return _terms.All(word => all.Any(other => other.StartsWith(word, StringComparison.Ordinal)));
    }

    private static string[] TermsOf(string? text) => string.IsNullOrEmpty(text) ? []
        : new string([.. text.Select(c => char.IsLetterOrDigit(c) ? char.ToLowerInvariant(c) : ' ')]).Split(' ', StringSplitOptions.RemoveEmptyEntries);
}
