import { Component, type ReactNode } from 'react';
import { Button } from './Button';
import './Guard.css';

interface Props {
  /** What is drawn inside, as it stands in the sentence. */
  name: string;
  children: ReactNode;
}

interface State {
  fault: string;
}

/** Keeps a fault in one panel from taking the others, and unsaved work, with it. */
export class Guard extends Component<Props, State> {
  override state: State = { fault: '' };

  static getDerivedStateFromError(error: unknown): State {
    return { fault: error instanceof Error ? error.message : String(error) };
  }

  override render(): ReactNode {
    const { name, children } = this.props;
    if (!this.state.fault) return children;
    return (
      <div className="fe-guard" role="alert">
        <p>
          {name} cannot be shown: {this.state.fault}
        </p>
        <Button onClick={() => this.setState({ fault: '' })}>Try again</Button>
        <Button look="quiet" onClick={() => window.location.reload()}>
          Reload the page
        </Button>
      </div>
    );
  }
}
